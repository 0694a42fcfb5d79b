"""DingTalk: to-dos of a person (todo 1.0), made by an app of the school; it keeps our source ids and lists them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings

from backend.common.outgoing import NotTaken
from backend.todos.adapters.talking import Request, Said, ask
from backend.todos.adapters.tokens import Token, TokenExpired
from backend.todos.models import TodoSystem
from backend.todos.refusals import Away, Limited, NotThere
from backend.todos.secrets import secret_of
from backend.todos.todo import Todo

ADDRESS, OLD_ADDRESS = "https://api.dingtalk.com", "https://oapi.dingtalk.com"
LONGEST_SUBJECT = 512
MOST_PAGES = 50
TOKEN_OVER = frozenset({"InvalidAuthentication", "40014", "42001"})
MISSING = ("not exist", "notexist", "not found")


class DingTalk:
    """The to-dos of DingTalk's users; whom we know by user id it knows there by a union id."""

    def __init__(self, system: TodoSystem) -> None:
        self._system, self._app_key = system, system.setup["app_key"]
        self._address = system.setup.get("address", ADDRESS).rstrip("/")
        self._old_address = system.setup.get("old_address", OLD_ADDRESS).rstrip("/")
        self._token = Token(self._token_fetch)
        self._union_ids: dict[str, str] = {}

    def put(self, *, todo: Todo, remote_id: str) -> str:
        """Make it, or change the one there is, which may have been made by a try whose answer was not heard."""
        user = self._union_id(todo.known_as)
        if not remote_id:
            try:
                return str(self._todo("POST", f"{user}/tasks", user, self._new(todo, user)).get("id", ""))
            except NotTaken as problem:
                if "exist" not in problem.reason:
                    raise
                remote_id = self._found(todo, user)
        self._todo("PUT", f"{user}/tasks/{quote(remote_id, safe='')}", user, {**self._said(todo, user), "done": False})
        return remote_id

    def finish(self, *, todo: Todo, remote_id: str) -> None:
        """Have it done for its person."""
        user = self._union_id(todo.known_as)
        try:
            found = remote_id or self._found(todo, user)
            self._todo("PUT", f"{user}/tasks/{quote(found, safe='')}", user, {"done": True})
        except NotThere:
            return

    def remove(self, *, todo: Todo, remote_id: str) -> None:
        """Delete it."""
        user = self._union_id(todo.known_as)
        try:
            found = remote_id or self._found(todo, user)
            self._todo("DELETE", f"{user}/tasks/{quote(found, safe='')}", user)
        except NotThere:
            return

    def listed(self, *, known_as: str) -> Mapping[str, str] | None:
        """Return the open ones of somebody that lead to us."""
        user, found, after = self._union_id(known_as), {}, ""
        for _page in range(MOST_PAGES):
            body = {"isDone": False, "roleTypes": [["executor"]], **({"nextToken": after} if after else {})}
            answer = self._todo("POST", f"{user}/org/tasks/query", "", body)
            for card in answer.get("todoCards") or []:
                if str((card.get("detailUrl") or {}).get("pcUrl", "")).startswith(f"{settings.PUBLIC_URL}/"):
                    found[str(card.get("sourceId", ""))] = str(card.get("taskId", ""))
            after = str(answer.get("nextToken") or "")
            if not after:
                return found
        raise NotTaken("The list does not end.")

    def _said(self, todo: Todo, user: str) -> dict[str, Any]:
        due = {"dueTime": todo.due_milliseconds} if todo.due_at else {}
        return {"subject": todo.title[:LONGEST_SUBJECT], "executorIds": [user], **due}

    def _new(self, todo: Todo, user: str) -> dict[str, Any]:
        return {
            **self._said(todo, user),
            "sourceId": todo.source_id,
            "creatorId": user,
            "detailUrl": {"appUrl": todo.link, "pcUrl": todo.link},
            "isOnlyShowExecutor": True,
        }

    def _found(self, todo: Todo, user: str) -> str:
        """Return the id of the one with our source id; raise NotThere."""
        return str(self._todo("GET", f"{user}/tasks/sources/{todo.source_id}", "")["id"])

    def _todo(self, method: str, path: str, operator: str, body: Any = None) -> Mapping[str, Any]:
        address, params = f"{self._address}/v1.0/todo/users/{path}", {"operatorId": operator} if operator else None

        def with_token(token: str) -> Mapping[str, Any]:
            headers = {"x-acs-dingtalk-access-token": token}
            said = ask(Request(method, address, body, headers, params))
            return said.document if said.is_good else self._refused(said)

        return self._token.use(with_token)

    def _union_id(self, user_id: str) -> str:
        if user_id not in self._union_ids:
            self._union_ids[user_id] = quote(self._token.use(lambda token: self._asked_union(token, user_id)), safe="")
        return self._union_ids[user_id]

    def _asked_union(self, token: str, user_id: str) -> str:
        address = f"{self._old_address}/topapi/v2/user/get"
        said = ask(Request("POST", address, {"userid": user_id}, params={"access_token": token}))
        code = said.document.get("errcode")
        if code == 88:  # noqa: PLR2004 - its code of limits and of apps that may not
            _old_refusal(said)
        if str(code) in TOKEN_OVER:
            raise TokenExpired
        if code != 0 or not said.document.get("result", {}).get("unionid"):
            raise NotTaken(f"It does not know the user: {code}", is_permanent=True)
        return str(said.document["result"]["unionid"])

    def _refused(self, said: Said) -> Mapping[str, Any]:
        code, words = str(said.document.get("code", "")), str(said.document.get("message", ""))
        if code in TOKEN_OVER:
            raise TokenExpired
        if "QpsLimit" in code or "flowControl" in code or "Throttling" in code:
            raise Limited(code)
        if any(part in words.lower() for part in MISSING) or said.status == 404:  # noqa: PLR2004 - not found
            raise NotThere(f"{code}: {words}"[:200], is_permanent=True)
        if said.status in {401, 403}:
            raise Away(code or f"HTTP {said.status}")
        raise NotTaken(f"{code}: {words}"[:200], is_permanent="lockError" not in code)

    def _token_fetch(self) -> str:
        body = {"appKey": self._app_key, "appSecret": secret_of(self._system)}
        said = ask(Request("POST", f"{self._address}/v1.0/oauth2/accessToken", body))
        token = said.document.get("accessToken")
        if not said.is_good or not isinstance(token, str) or not token.isascii():
            raise Away(f"It gives no token: {str(said.document.get('code', said.status))[:80]}")
        return token


def _old_refusal(said: Said) -> None:
    code = str(said.document.get("sub_code", ""))
    if code.startswith("9"):
        raise Limited(f"88 {code}")
    raise Away(f"88 {code}")
