"""Passwords that are refused: common ones, and what others know of their owner; in both languages."""

import pytest
from django.test import Client

from backend.accounts.models import User
from backend.accounts.passwords import PasswordWeak, password_check
from backend.organisation.models import Person, School
from tests.browser import SignIn
from tests.world import PASSWORD, World

OTHERS_KNOW = "a name, an address, the school, a common phrase or a number"
LIKE_ALICE = [
    "Alice-2026-Alice",
    "alice123456789",
    "ａｌｉｃｅ２０２６０９",
    "Zhang Wei 1990",
    "zhangwei19900102"[:13],
    "张伟张伟张伟张伟张伟12",
    "清河学校清河学校2026",
    "QingheSchool!!2026",
    "20230117-20230117",
    "alice@school.example",
    "allclear-allclear-1",
    "报平安报平安报平安报平安",
    "12345678901234567",
    "aaaaaaaaaaaaaaaa",
    "abababababababab",
]


@pytest.fixture
def alice(world: World) -> World:
    """Give Alice a Chinese name beside its Latin form, and a number that is a date."""
    Person.objects.filter(id=world.alice.person.id).update(name="张伟 Zhang Wei", staff_number="20230117")
    School.objects.filter(id=world.school.id).update(name_zh="清河学校", name_en="Qinghe School")
    return world


def choose(client: Client, password: str) -> tuple[int, str]:
    """Change the password to another one on the page."""
    answer = client.post("/account/password", {"present": PASSWORD, "password": password, "again": password})
    return answer.status_code, answer.content.decode()


@pytest.mark.slow("tests/accounts/test_passwords.py", after=3)
@pytest.mark.parametrize("password", LIKE_ALICE)
def test_what_others_know_of_her_is_no_password(alice: World, signed_in: SignIn, password: str) -> None:
    status, page = choose(signed_in(alice.alice), password)
    assert (status, OTHERS_KNOW in page) == (400, True)
    assert User.objects.get(pk=alice.alice.user.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    "password", ["alice-lamp-river-stone", "Zhang Wei reads by candle", "清河的月亮照在窗台上面了", "mK8#vQ2$pL9w"]
)
def test_a_name_among_other_words_is_none_of_our_business(alice: World, signed_in: SignIn, password: str) -> None:
    assert choose(signed_in(alice.alice), password)[0] == 302


@pytest.mark.parametrize("password", ["password123456"[:11], "qwertyuiop", "1234567890"])
def test_common_ones_and_short_ones_are_refused(alice: World, signed_in: SignIn, password: str) -> None:
    assert choose(signed_in(alice.alice), password)[0] == 400


@pytest.mark.parametrize(
    "password",
    [
        "13698745206319",
        "136-9874-5206",
        "woaini13698745",
        "5201314woaini",
        "zhangwei19871203520",
        "我爱你5201314我爱你",
    ],
)
def test_numbers_and_the_phrases_everybody_takes_are_refused(password: str) -> None:
    """Each of them was taken: fourteen digits, and the commonest phrases of Chinese passwords with a number."""
    with pytest.raises(PasswordWeak):
        password_check(password=password, about=["张伟 Zhang Wei"])


@pytest.mark.parametrize(
    "password", ["lixiaoming1990!!", "Li.Xiao.Ming-88", "xiaomingLI20010203", "dongcheng_LXM_2026", "dcdyxxDongcheng#1"]
)
def test_a_chinese_name_is_known_by_its_letters_too(password: str) -> None:
    """Only the Latin form of a name was taken out, which few schools enter."""
    about = ["李晓明", "东城第一小学"]
    with pytest.raises(PasswordWeak):
        password_check(password=password, about=about)
    password_check(password=f"{password} reads by candle", about=about)


@pytest.mark.parametrize("password", ["zengxiaoming1990!!", "LvXiaoming1990!!", "chongqing1997chongqing"])
def test_a_name_is_known_by_how_it_is_read_as_a_name(password: str) -> None:
    """曾 was looked for as ceng, 吕 as lu and 重庆 as zhongqing, which nobody types."""
    with pytest.raises(PasswordWeak):
        password_check(password=password, about=["曾小明", "吕小明", "重庆大一中"])


def test_the_refusal_is_in_the_readers_language(alice: World, signed_in: SignIn) -> None:
    User.objects.filter(pk=alice.alice.user.pk).update(language="zh-hans")
    client = signed_in(alice.alice, "zh-hans")
    assert "姓名、邮箱、学校名" in choose(client, "Alice-2026-Alice")[1]
    assert "密码" in choose(client, "1234567890")[1]
