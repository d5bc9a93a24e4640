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
# {(server, person): cookies}
SESSIONS = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


@dataclass
class Visitor:
    """One browser session of one person. `cold` and `warm` keep what each page cost: (bytes, requests)."""
    page: object
    base: str
    cold: dict = field(default_factory=dict)
    warm: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)

    def go(self, path, axe=True):
        """Open a page twice at most: first as it comes, then with what the browser has kept. Then run axe on it."""
        self.cold[path] = self.fetch(path)
        self.warm[path] = self.fetch(path) if self.cold[path][1] > 1 else self.cold[path]
        self.check(path, axe)

    def fetch(self, path):
        """(bytes, requests) that came over the network for this page."""
        network, sizes, cached = self.page.context.new_cdp_session(self.page), {}, set()
        network.send("Network.enable")
        network.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
        network.on("Network.loadingFinished",
                   lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
        self.page.goto(self.base + path, wait_until="networkidle")
        network.detach()
        fetched = [size for request, size in sizes.items() if request not in cached and size]
        return sum(fetched), len(fetched)

    def too_heavy(self):
        """Cold: ≤ 40 kB in ≤ 5 requests. Warm: ≤ 14 kB in 1."""
        return [f"{path}: {size} bytes in {count} requests ({kind})"
                for kind, weights, most, requests in [("cold", self.cold, COLD, REQUESTS), ("warm", self.warm, WARM, 1)]
                for path, (size, count) in weights.items() if size > most or count > requests]

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
        self.page.get_by_label("Adresse électronique").fill(email)
        self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.wait_for_url("**/taches/")

    def resume(self, email):
        """Take up the session opened for this person by an earlier test: the server counts sign-ins, and would refuse
        more than a real person needs."""
        self.page.context.add_cookies(SESSIONS.get((self.base, email), []))
        if "/connexion/" in self.page.request.get(f"{self.base}/taches/").url:
            self.sign_in(email)
            SESSIONS[self.base, email] = self.page.context.cookies()

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
        # A page that still glides to its place moves under the mouse, on a machine that is busy.
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="fr-FR",
                                       java_script_enabled=javascript, reduced_motion="reduce")
        context.set_default_timeout(20_000)
        one = Visitor(context.new_page(), server.url)
        # A refusal answers 409 or 422: the browser notes it, and it is what we want.
        one.page.on("console", lambda message: one.problems.append(message.text) if message.type == "error"
                    and not message.text.startswith("Failed to load resource") else None)
        one.page.on("pageerror", lambda error: one.problems.append(str(error)))
        opened.append((context, one))
        return one
    yield make
    for number, (context, one) in enumerate(opened):
        if getattr(request.node, "failed", False):
            SHOTS.mkdir(parents=True, exist_ok=True)
            one.page.screenshot(path=SHOTS / f"{request.node.name}-{number}.png", full_page=True)
        context.close()
