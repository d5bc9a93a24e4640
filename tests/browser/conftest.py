"""A real Chromium (Debian's) on the running server, with the weight of each page and a screenshot on failure."""
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PASSWORD = "demo-cper-2026"
SHOTS = Path(__file__).resolve().parent.parent.parent / "var" / "screenshots"
COLD, WARM, REQUESTS = 40_000, 14_000, 5


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


@dataclass
class Visitor:
    """One browser session of one person. `weights` keeps what each page cost: (bytes, requests)."""
    page: object
    base: str
    weights: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)

    def go(self, path, axe=True):
        """Open a page, note what came over the network for it and what the console says, and run axe on it."""
        network, sizes, cached = self.page.context.new_cdp_session(self.page), {}, set()
        network.send("Network.enable")
        network.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
        network.on("Network.loadingFinished",
                   lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
        self.page.goto(self.base + path, wait_until="networkidle")
        network.detach()
        fetched = [size for request, size in sizes.items() if request not in cached and size]
        self.weights[path] = (sum(fetched), len(fetched))
        self.check(path, axe)

    def check(self, path, axe):
        if axe:
            self.problems += [f"{path}: {violation['id']} ({violation['nodes'][0]['html'][:120]})"
                              for violation in Axe().run(self.page).response["violations"]]
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if width > 0:
            self.problems.append(f"{path}: wider than the window by {width} px")

    def sign_in(self, email):
        self.page.context.clear_cookies()
        self.page.goto(f"{self.base}/connexion/?next=/taches/")
        self.page.get_by_label("Courriel").fill(email)
        self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.wait_for_url("**/taches/")

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text):
        assert text in self.page.locator("main").inner_text().replace("\xa0", " ").replace("\u202f", " "), text


@pytest.fixture(scope="module")
def chromium():
    assert Path(CHROMIUM).exists(), "Chromium manque : make test l’installe (paquet chromium)."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium, server, request):
    """visitor(width, javascript) → a fresh session on the running server."""
    opened = []

    def make(width=1280, javascript=True):
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="fr-FR",
                                       java_script_enabled=javascript)
        context.set_default_timeout(20_000)
        one = Visitor(context.new_page(), server.url)
        one.page.on("console", lambda m: one.problems.append(m.text) if m.type == "error" else None)
        one.page.on("pageerror", lambda error: one.problems.append(str(error)))
        opened.append((context, one))
        return one
    yield make
    for number, (context, one) in enumerate(opened):
        if getattr(request.node, "failed", False):
            SHOTS.mkdir(parents=True, exist_ok=True)
            one.page.screenshot(path=SHOTS / f"{request.node.name}-{number}.png", full_page=True)
        context.close()
