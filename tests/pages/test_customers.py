"""Customers: found, filtered, looked at one by one, and given back as a workbook."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from komet_import.review.plan import Record
from tests import stories
from tests.pages.conftest import NEW, OpenApp, listed, upload, words, workbook
from tests.store.plans import commit_plan, make_plan, texts
from tests.stories import at_desk, csv_of, imported

PAGE = "customers.py"
ROSA = {**NEW, "code": "ROSA", "name": "Rosa *100%*", "billing_city": "Bogotá", "active": "No"}


def import_rows(open_app: OpenApp, *rows: dict[str, str]) -> AppTest:
    app = upload(open_app(), workbook(*rows))
    app.button(key="import").click().run()
    app.button(key="confirm").click().run()
    assert not app.exception
    return app


def codes(app: AppTest) -> list[str]:
    assert not app.exception
    return listed(app, "customer-list").get("Customer Code", [])


def html(app: AppTest) -> str:
    """What the history and the fields say."""
    return "\n".join(element.proto.body for element in app.get("html"))


def download_label(app: AppTest) -> str:
    return str(app.get("download_button")[0].proto.label)


def test_before_the_first_import_the_page_says_what_will_be_there(open_app: OpenApp) -> None:
    app = open_app(PAGE)
    assert "No customer is stored yet" in words(app)
    assert "Choose a customer" not in words(app)


def test_customers_are_searched_by_what_people_know_of_them(open_app: OpenApp) -> None:
    import_rows(open_app, NEW, ROSA)
    app = open_app(PAGE)
    assert codes(app) == ["ABC", "ROSA"]
    for text in ("BOGOTÁ", "0%", "rosa"):
        app.text_input(key="search").set_value(text).run()
        assert codes(app) == ["ROSA"]
    app.text_input(key="search").set_value("nobody").run()
    assert "No customer fits the search" in words(app)
    app.button(key="all").click().run()
    assert codes(app) == ["ABC", "ROSA"]


def test_filters_and_order_decide_what_is_listed_and_downloaded(open_app: OpenApp) -> None:
    import_rows(open_app, NEW, {**NEW, "code": "B", "name": "Zoe", "location_codes": "MIA"}, ROSA)
    app = open_app(PAGE)
    app.selectbox(key="sort").set_value("-name").run()
    assert codes(app) == ["B", "ROSA", "ABC"]
    app.selectbox(key="location_codes").set_value("LAX").run()
    assert codes(app) == ["ROSA", "ABC"]
    app.selectbox(key="active").set_value("No").run()
    assert codes(app) == ["ROSA"]
    assert download_label(app) == "Download 1 customer"


def test_the_result_of_an_import_leads_to_its_customers_and_the_filter_can_be_taken_away(
    open_app: OpenApp,
) -> None:
    import_rows(open_app, NEW)
    result = import_rows(open_app, ROSA)
    links = [link.proto for link in result.get("page_link")]
    assert "import=2" in next(link.query_string for link in links if link.label == "The stored customers")
    app = open_app(PAGE, **{"import": "2"})
    assert codes(app) == ["ROSA"]
    app.selectbox(key="of-import").set_value(None).run()
    assert codes(app) == ["ABC", "ROSA"]
    assert "import" not in app.query_params
    app.selectbox(key="of-import").set_value("1").run()
    assert codes(app) == ["ABC"]


def test_the_address_opens_a_customer_with_its_history_and_all_its_fields(open_app: OpenApp) -> None:
    import_rows(open_app, {**NEW, "credit_limit": "5000", "phone": "<b>305</b>"})
    import_rows(open_app, {**NEW, "credit_limit": "12500", "email_invoices": "ap@a.example;bo@a.example"})
    app = open_app(PAGE, customer="1")
    assert not app.exception
    shown = html(app)
    assert '<a href="/import_history?import=2"' in shown
    assert "row 2, Administrator" in shown
    assert "5,000.00</span>" in shown
    assert "<b>12,500.00</b>" in shown
    assert shown.index("Updated by") < shown.index("Added by")
    assert "ap@a.example; bo@a.example" in shown
    assert "&lt;b&gt;305&lt;/b&gt;" in shown
    for heading in ("Identity", "Locations", "Billing", "Shipping", "Terms and credit"):
        assert f"<h4>{heading}</h4>" in shown
    assert [tab.label for tab in app.tabs] == ["History", "Details", "Contacts"]
    assert "ABC · Customer ID 1" in words(app).replace("\\", "")


def test_a_long_history_opens_step_by_step(open_app: OpenApp, tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(stories.NEW))
        for number in range(10):
            after = Record(1, number + 1, texts(**NEW, phone=str(number)))
            plan = make_plan(desk.company, update=[(after, {"phone": str(number + 1)})])
            commit_plan(desk.database, desk.company, plan)
    app = open_app(PAGE, customer="1")
    assert "Added by" not in html(app)
    app.button(key="earlier").click().run()
    assert "Added by" in html(app)
    assert "earlier" not in {button.key for button in app.button}


@pytest.mark.parametrize("given", ["99", "0", "x", "9" * 5000, "' OR 1=1", "１"])
def test_an_unknown_customer_gets_a_plain_sentence_and_the_list_stays(open_app: OpenApp, given: str) -> None:
    import_rows(open_app, NEW)
    app = open_app(PAGE, customer=given)
    assert "There is no customer" in words(app)
    assert codes(app) == ["ABC"]


@pytest.mark.parametrize("given", ["99", "x", "9" * 5000])
def test_an_unknown_import_gets_a_plain_sentence_and_the_list_stays(open_app: OpenApp, given: str) -> None:
    import_rows(open_app, NEW)
    app = open_app(PAGE, **{"import": given})
    assert "There is no import" in words(app)
    assert codes(app) == ["ABC"]
