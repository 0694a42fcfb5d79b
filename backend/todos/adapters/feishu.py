"""Feishu: tasks of a person (task v2), made by an app of the school; a repeated token of ours makes no second one."""

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from backend.common.outgoing import NotTaken
from backend.todos.adapters.talking import Request, Said, ask
from backend.todos.adapters.tokens import Token, TokenExpired
from backend.todos.models import TodoSystem
from backend.todos.refusals import Away, Limited, NotThere
from backend.todos.secrets import secret_of
from backend.todos.todo import Todo

ADDRESS = "https://open.feishu.cn"
LONGEST_SUMMARY = 3000
MOST_LIVES = 10
TOKEN_OVER = frozenset({99991661, 99991663, 99991664, 99991668, 99991677})
TOO_MANY, MISSING = 99991400, 1470404
NOT_LET_IN = frozenset({99991672, 99991679, 10003, 10014, 10015})
"""Codes of an app that lacks a right, is switched off or has another secret."""
ORIGIN = {"zh_cn": "报平安", "en_us": "Allclear"}


class Feishu:
    """The tasks of Feishu's users."""

    def __init__(self, system: TodoSystem) -> None:
        self._system, self._app_id = system, system.setup["app_id"]
        self._address = system.setup.get("address", ADDRESS).rstrip("/")
        self._params = {"user_id_type": system.setup.get("id_type", "user_id")}
        self._token = Token(self._token_fetch)

    def put(self, *, todo: Todo, remote_id: str) -> str:
        """Make it, or change the one there is, which may have been made by a try whose answer was not heard."""
        if remote_id:
            self._change(todo, remote_id, is_done=False)
            return remote_id
        return self._made_and(todo, lambda guid: self._change(todo, guid, is_done=False))

    def finish(self, *, todo: Todo, remote_id: str) -> None:
        """Complete it."""
        try:
            self._change(todo, remote_id, is_done=True)
        except NotThere:
            return

    def remove(self, *, todo: Todo, remote_id: str) -> None:
        """Delete it; without its id it is asked for by the token that made it, which makes it where it never was."""
        if not remote_id:
            self._made_and(todo, self._delete)
            return
        try:
            self._delete(remote_id)
        except NotThere:
            return

    def listed(self, *, known_as: str) -> Mapping[str, str] | None:  # noqa: ARG002 - an app has no list
        """Return that an app cannot list what it made."""
        return None

    def _made_and(self, todo: Todo, act: Callable[[str], None]) -> str:
        """Make it by its token and act on it; a token that made one that was removed since leads to the next one."""
        token = todo.source_id
        for _life in range(MOST_LIVES):
            guid = str(self._made(todo, token)["guid"])
            try:
                act(guid)
            except NotThere:
                token = str(uuid5(NAMESPACE_URL, token + guid))
            else:
                return guid
        raise NotTaken("It was removed there too often.", is_permanent=True)

    def _delete(self, guid: str) -> None:
        self._task("DELETE", f"/{guid}")

    def _made(self, todo: Todo, client_token: str) -> Mapping[str, Any]:
        body = {
            **_said(todo),
            "client_token": client_token,
            "members": [{"id": todo.known_as, "type": "user", "role": "assignee"}],
            "origin": {"platform_i18n_name": ORIGIN, "href": {"url": todo.link, "title": todo.title[:LONGEST_SUMMARY]}},
        }
        return self._task("POST", "", body)

    def _change(self, todo: Todo, guid: str, *, is_done: bool) -> None:
        """Change what differs: Feishu refuses to complete what is complete."""
        task = self._task("GET", f"/{guid}")
        said = {} if is_done else _said(todo)
        changes = {name: value for name, value in said.items() if not _same(task.get(name), value)}
        if (str(task.get("completed_at") or "0") != "0") != is_done:
            changes["completed_at"] = str(int(time.time() * 1000)) if is_done else "0"
        if changes:
            self._task("PATCH", f"/{guid}", {"task": changes, "update_fields": sorted(changes)})

    def _task(self, method: str, path: str, body: Any = None) -> Mapping[str, Any]:
        address = f"{self._address}/open-apis/task/v2/tasks{path}"

        def with_token(token: str) -> Mapping[str, Any]:
            said = ask(Request(method, address, body, {"Authorization": f"Bearer {token}"}, self._params))
            _check(said)
            task: Mapping[str, Any] = (said.document.get("data") or {}).get("task") or {}
            return task

        return self._token.use(with_token)

    def _token_fetch(self) -> str:
        address = f"{self._address}/open-apis/auth/v3/tenant_access_token/internal"
        said = ask(Request("POST", address, {"app_id": self._app_id, "app_secret": secret_of(self._system)}))
        token = said.document.get("tenant_access_token")
        if said.document.get("code") != 0 or not isinstance(token, str) or not token.isascii():
            raise Away(f"It gives no token: {said.document.get('code', said.status)}")
        return token


def _said(todo: Todo) -> dict[str, Any]:
    due = {"due": {"timestamp": str(todo.due_milliseconds), "is_all_day": False}} if todo.due_at else {}
    return {"summary": todo.title[:LONGEST_SUMMARY], **due}


def _same(standing: Any, value: Any) -> bool:
    if isinstance(value, dict) and isinstance(standing, dict):
        return all(str(standing.get(name)) == str(part) for name, part in value.items())
    return bool(standing == value)


def _check(said: Said) -> None:
    code = said.document.get("code")
    if code == 0 and said.is_good:
        return
    if code in TOKEN_OVER:
        raise TokenExpired
    if code == TOO_MANY:
        raise Limited(str(code))
    if code == MISSING or said.status == 404:  # noqa: PLR2004 - not found
        raise NotThere(str(code), is_permanent=True)
    if code in NOT_LET_IN:
        raise Away(str(code))
    raise NotTaken(f"{code or said.status}: {said.document.get('msg', '')}"[:200], is_permanent=True)
