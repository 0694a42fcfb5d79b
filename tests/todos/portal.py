"""A school's portal as many are: one address that takes to-dos by a source id, a code in every answer, a list."""

from dataclasses import dataclass
from typing import Any

from tests.todos.peers import Asked, Peer, Reply, Task

SECRET = "portal-secret-4711"


@dataclass
class Portal(Peer):
    """Takes what is open and done at one address, and removes at another; it answers 200 also when it refuses."""

    refuses: str = ""
    """Part of a title that it does not take."""
    keeps: bool = False
    """It removes nothing."""

    def answer(self, asked: Asked) -> Reply:
        """Return a code of its own in HTTP 200."""
        if asked.headers.get("x-token") != SECRET:
            return 200, {"code": 401, "msg": "token"}
        if asked.method == "GET":
            own = [task for task in self.tasks.values() if task.person == asked.query["user"] and not task.is_done]
            return 200, {"code": 0, "data": {"list": [{"pid": task.source_id} for task in own]}}
        if asked.method == "DELETE" and self.keeps:
            return 200, {"code": 5002, "msg": "not allowed"}
        if asked.method == "DELETE":
            return (200, {"code": 0}) if self.tasks.pop(asked.path.rpartition("/")[2], None) else (404, {})
        return self._take(asked.document)

    def _take(self, document: dict[str, Any]) -> Reply:
        if self.refuses and self.refuses in document["ptitle"]:
            return 200, {"code": 5001, "msg": "title"}
        self.tasks[document["pid"]] = Task(
            id=document["pid"],
            source_id=document["pid"],
            person=document["ptoUserId"],
            title=document["ptitle"],
            link=document["pcUrl"],
            due=document["deadline"],
            is_done=document["readed"] == "1",
        )
        return 200, {"code": 0}

    def setup(self, **changes: Any) -> dict[str, Any]:
        """Return the template by which it is told."""
        body = {
            "systemCode": "allclear",
            "pid": "{source_id}",
            "ptitle": "{title}",
            "ptoUserId": "{person}",
            "pcUrl": "{link}",
            "mobileUrl": "{link}",
            "deadline": "{due_at}",
            "readed": "{state}",
        }
        template = {
            "secret_header": "X-Token",
            "open": {"method": "POST", "address": f"{self.address}/api/todo", "body": body},
            "gone": {"method": "DELETE", "address": f"{self.address}/api/todo/{{source_id}}"},
            "list": {
                "method": "GET",
                "address": f"{self.address}/api/todo?user={{person}}",
                "items_at": "/data/list",
                "source_id": "pid",
            },
            "states": {"open": "0", "done": "1", "gone": "2"},
            "success": {"at": "/code", "value": 0},
        }
        return {**template, **changes}
