"""Feishu's tasks as its pages and packages describe them."""

from dataclasses import dataclass, field
from typing import Any

from tests.todos.peers import Asked, Peer, Reply, Task

SECRET = "feishu-app-secret"
MISSING: Reply = (404, {"code": 1470404, "msg": "task not found"})


@dataclass
class Feishu(Peer):
    """Gives tokens that expire, makes one task for a client token, refuses to complete what is complete."""

    tokens: list[str] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)

    def limit(self) -> Reply:
        """Return its code."""
        return 400, {"code": 99991400, "msg": "request trigger frequency limit"}

    def answer(self, asked: Asked) -> Reply:
        """Route it."""
        if asked.path == "/open-apis/auth/v3/tenant_access_token/internal":
            if asked.document != {"app_id": "cli_app", "app_secret": SECRET}:
                return 200, {"code": 10014, "msg": "app secret invalid"}
            self.tokens.append(f"t-{len(self.tokens)}")
            return 200, {"code": 0, "tenant_access_token": self.tokens[-1], "expire": 7200}
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens[-1:]:
            return 400, {"code": 99991663, "msg": "token attached is invalid"}
        guid = asked.path.removeprefix("/open-apis/task/v2/tasks").strip("/")
        return self._task(asked, guid) if guid else self._new(asked.document)

    def _task(self, asked: Asked, guid: str) -> Reply:
        task = self.tasks.get(guid)
        if task is None:
            return MISSING
        if asked.method == "DELETE":
            del self.tasks[guid]
            return 200, {"code": 0, "data": {}}
        return self._changed(task, asked.document) if asked.method == "PATCH" else self._shown(task)

    def expire(self) -> None:
        """Let the tokens given so far end."""
        self.tokens.append("of nobody")

    def _new(self, document: dict[str, Any]) -> Reply:
        token, (member,) = document["client_token"], document["members"]
        if token not in self.made:
            link = document["origin"]["href"]["url"]
            task = Task(self.number(), token, member["id"], document["summary"], link, document.get("due"))
            self.tasks[task.id] = task
            self.made[token] = task.id
        known = self.tasks.get(self.made[token])
        return self._shown(known or Task(self.made[token], token, member["id"], "", ""))

    def _changed(self, task: Task, document: dict[str, Any]) -> Reply:
        said = document["task"]
        if set(document["update_fields"]) != said.keys():
            return 400, {"code": 1470400, "msg": "update_fields"}
        if "completed_at" in said:
            if task.is_done == (said["completed_at"] != "0"):
                return 400, {"code": 1470400, "msg": "the task is so already"}
            task.is_done = said["completed_at"] != "0"
        task.title, task.due = said.get("summary", task.title), said.get("due", task.due)
        return self._shown(task)

    def _shown(self, task: Task) -> Reply:
        shown = {"guid": task.id, "summary": task.title, "completed_at": "1700000000000" if task.is_done else "0"}
        return 200, {"code": 0, "data": {"task": {**shown, **({"due": task.due} if task.due else {})}}}

    def setup(self) -> dict[str, Any]:
        """Return how it is reached."""
        return {"app_id": "cli_app", "address": self.address}
