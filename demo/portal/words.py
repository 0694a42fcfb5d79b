"""Every word a person reads here, in English and Chinese, side by side."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from demo.portal.folder import connection, school

WORDS = {
    "portal": ("Staff portal", "教职工门户"),
    "home": ("Home", "首页"),
    "todos": ("To-dos", "待办"),
    "inbox": ("Messages from Allclear", "报平安推送"),
    "roster": ("Staff", "教职工名册"),
    "framed": ("Report here", "页内上报"),
    "sign_in": ("Sign in", "登录"),
    "sign_out": ("Sign out", "退出登录"),
    "number": ("Staff number", "工号"),
    "password": ("Password", "密码"),
    "refused": (
        "Staff number or password is wrong, or the account is switched off.",
        "工号或密码不对，或者账号已停用。",
    ),
    "hello": ("Hello,", "您好，"),
    "safety": ("Campus safety", "校园安全"),
    "safety_hint": (
        "Something broken, blocked or worrying? Report it in a minute.",
        "东西坏了、通道堵了、有让人担心的情况？一分钟就能上报。",
    ),
    "open": ("Open Allclear", "进入报平安"),
    "open_cas": ("by CAS", "通过 CAS"),
    "open_oidc": ("by OpenID Connect", "通过 OpenID Connect"),
    "waits": ("Waiting for you", "待我处理"),
    "nothing": ("Nothing waits for you.", "没有待办事项。"),
    "all": ("All to-dos", "全部待办"),
    "due": ("due", "截止"),
    "messages": ("Messages", "收到的推送"),
    "no_messages": ("No message has arrived yet.", "还没有收到推送。"),
    "copy": ("Our copy of the tickets", "本地工单副本"),
    "copy_hint": (
        "Each message says only that something happened; the portal then asks for the ticket as it is now.",
        "推送只说明有变化，门户随后自行查询工单现在的样子。",
    ),
    "compare": ("Compare with Allclear's list", "与报平安的列表比对"),
    "anew": ("Copy the list anew", "重新复制列表"),
    "equal": ("The copy equals the list.", "副本与列表一致。"),
    "differs": ("Different:", "不一致："),
    "ticket": ("Ticket", "工单"),
    "state": ("State", "状态"),
    "version": ("Version", "版本"),
    "type": ("Event", "事件"),
    "time": ("Time", "时间"),
    "name": ("Name", "姓名"),
    "units": ("Departments and classes", "部门与班级"),
    "works": ("works here", "在职"),
    "left": ("left", "已离职"),
    "switch_off": ("Has left", "办理离职"),
    "switch_on": ("Is back", "恢复在职"),
    "roster_hint": (
        "Whoever has left here cannot sign in any more. Send the staff to Allclear, and they are gone there too.",
        "在这里离职的人不能再登录。把名册发送给报平安之后，那边也随之停用。",
    ),
    "send": ("Send to Allclear", "发送给报平安"),
    "download": ("Download as OneRoster", "下载 OneRoster 文件"),
    "preview": ("What this would change", "将会发生的变化"),
    "no_change": ("Everybody is known there as they are here. There is nothing to do.", "两边一致，无需处理。"),
    "apply": ("Take it in", "确认同步"),
    "held": (
        "Unusually many would leave. The administrator has to look at it in Allclear.",
        "离职人数异常，需要管理员在报平安里核对。",
    ),
    "last": ("Last sent:", "最近一次同步："),
    "back": ("Back", "返回"),
    "trouble": ("Allclear did not take this", "报平安没有接受"),
    "not_connected": ("This portal is not connected with Allclear yet.", "门户尚未与报平安连接。"),
    "language": ("中文", "English"),
}
FIXED = {
    "received": ("received", "已收到"),
    "routed": ("with the office", "已转处室"),
    "acknowledged": ("acknowledged", "已签收"),
    "in_progress": ("in progress", "处理中"),
    "waiting": ("waiting for somebody outside", "等待外部单位"),
    "resolved": ("resolved, to be verified", "已解决，待核验"),
    "closed": ("closed", "已办结"),
    "declined": ("declined", "不予受理"),
    "merged": ("merged", "已合并"),
    "sync preview": ("looked at, not taken in", "已核对，未同步"),
    "sync waiting": ("being taken in", "正在同步"),
    "sync done": ("taken in", "已同步"),
    "sync outdated": ("outdated: nothing was changed, please send it again", "已过期，未作改动，请重新发送"),
    "unit_new": ("new department or class", "新部门或班级"),
    "unit_changed": ("department or class changes", "部门或班级变化"),
    "comes": ("comes", "入职"),
    "known": ("known already", "已有此人"),
    "changes": ("changes", "信息变化"),
    "moves": ("moves", "调动"),
    "leaves": ("leaves", "离职"),
    "kept": ("left as they are: the administrator changes them", "保持不变，由管理员处理"),
    "address_taken": ("address belongs to somebody else", "邮箱已属于他人"),
}
"""Fixed words of Allclear's API: states of tickets and syncs, and sorts of changes."""


def said(name: str) -> str:
    """Return a fixed word of the API in the reader's language; one that is new here stays as it is."""
    return FIXED.get(name, (name, name))[_position()]


def _position() -> int:
    return 0 if (get_language() or "").startswith("en") else 1


def spoken(_request: HttpRequest) -> dict[str, Any]:
    """Return the words for a page in its reader's language, and what every page knows of the school."""
    given, position = school(), _position()
    is_english = position == 0
    return {
        "w": {name: pair[position] for name, pair in WORDS.items()},
        "school_name": given["name_en" if is_english else "name_zh"],
        "allclear": given["allclear"],
        "oidc_start": given["oidc_start"],
        "cas_start": given["cas_start"],
        "is_connected": connection() is not None,
        "other_language": "zh-hans" if is_english else "en",
        "html_language": "en" if is_english else "zh-CN",
    }
