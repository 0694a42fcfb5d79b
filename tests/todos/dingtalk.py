"""DingTalk's to-dos as its pages and packages describe them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.todos.peers import Asked, Peer, Reply, Task

SECRET = "dingtalk-app-secret"


@dataclass
class DingTalk(Peer):
    """Gives tokens that expire, knows people by union ids, refuses a source id that is there, lists in pages of two."""

    tokens: list[str] = field(default_factory=list)

    def limit(self) -> Reply:
        """Return how the new interface says it."""
        return 403, {"code": "Forbidden.AccessDenied.QpsLimitForApi", "message": "qps limit"}

    def answer(self, asked: Asked) -> Reply:
        """Route it."""
        if asked.path == "/v1.0/oauth2/accessToken":
            if asked.document != {"appKey": "dingapp", "appSecret": SECRET}:
                return 400, {"code": "invalidClientIdOrSecret", "message": "wrong"}
            self.tokens.append(f"token-{len(self.tokens)}")
            return 200, {"accessToken": self.tokens[-1], "expireIn": 7200}
        if asked.path == "/topapi/v2/user/get":
            if asked.query["access_token"] not in self.tokens[-1:]:
                return 200, {"errcode": 40014, "errmsg": "token"}
            return 200, {"errcode": 0, "result": {"unionid": f"union/{asked.document['userid']}"}}
        if asked.headers.get("x-acs-dingtalk-access-token") not in self.tokens[-1:]:
            return 401, {"code": "InvalidAuthentication", "message": "不合法的access_token"}
        return self._todo(asked)

    def expire(self) -> None:
        """Let the tokens given so far end."""
        self.tokens.append("of nobody")

    def _todo(self, asked: Asked) -> Reply:
        user, rest = asked.path.removeprefix("/v1.0/todo/users/").split("/", 1)
        person = unquote(user).removeprefix("union/")
        if rest == "org/tasks/query":
            return self._listed(person, asked.document)
        if rest.startswith("tasks/sources/"):
            return self._one(person, rest.rpartition("/")[2])
        if asked.method == "POST":
            return self._new(person, asked.document)
        task = self.tasks.get(rest.removeprefix("tasks/"))
        if task is None or asked.query.get("operatorId") is None:
            return 400, {"code": "todo.taskUpdate.paramError", "message": "task not exist"}
        if asked.method == "DELETE":
            del self.tasks[task.id]
        else:
            task.title = asked.document.get("subject", task.title)
            task.due = asked.document.get("dueTime", task.due)
            task.is_done = asked.document.get("done", task.is_done)
        return 200, {"result": True}

    def _new(self, person: str, document: dict[str, Any]) -> Reply:
        source_id = document["sourceId"]
        if any(task.source_id == source_id for task in self.tasks.values()):
            return 400, {"code": "todo.taskCreate.paramError", "message": f"task existed sourceId is {source_id}"}
        task = Task(self.number(), source_id, person, document["subject"], document["detailUrl"]["pcUrl"])
        task.due = document.get("dueTime")
        self.tasks[task.id] = task
        return 200, {"id": task.id, "sourceId": source_id}

    def _one(self, person: str, source_id: str) -> Reply:
        found = [task.id for task in self.tasks.values() if (task.person, task.source_id) == (person, source_id)]
        return (200, {"id": found[0]}) if found else (400, {"code": "todo.error", "message": "task not exist"})

    def _listed(self, person: str, document: dict[str, Any]) -> Reply:
        own = [task for task in self.tasks.values() if task.person == person and not task.is_done]
        start = int(document.get("nextToken", 0))
        cards = [
            {"taskId": task.id, "sourceId": task.source_id, "detailUrl": {"pcUrl": task.link}}
            for task in own[start : start + 2]
        ]
        after = {"nextToken": str(start + 2)} if len(own) > start + 2 else {}
        return 200, {"todoCards": cards, **after}

    def setup(self) -> dict[str, Any]:
        """Return how it is reached."""
        return {"app_key": "dingapp", "address": self.address, "old_address": self.address}
