# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium over its pipe of JSON messages (Chrome DevTools Protocol), with nothing but the standard library.

    with Browser() as browser:
        page = browser.open("report.html", width=1200)
        page.evaluate("document.title")
"""
import base64
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

MODEL = os.path.join(os.environ["JALKI_SOURCE"], "models/nordic.yaml")


def jalki(*arguments):
    subprocess.run([os.environ["JALKI_PROGRAM"], *map(str, arguments), "--quiet"], check=True, stdout=subprocess.DEVNULL)


def find_chromium():
    """The program, or None where there is none."""
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


def skip_without_chromium():
    """Ends a test that is about nothing else."""
    if find_chromium() is None:
        print("skipped: no chromium here (scripts/install.sh browser)")
        sys.exit(77)


def check_page(page, path):
    """It has loaded from disk without a word on the console, without asking for anything, and fits the screen."""
    assert page.complaints() == [], page.complaints()
    assert page.requests() == [pathlib.Path(path).resolve().as_uri()], page.requests()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    assert page.evaluate("document.documentElement.dataset.ready") == "true"


def column(page, caption, place):
    """Texts of a column of the table with this caption."""
    return page.evaluate(f"""(() => {{
        const table = [...document.querySelectorAll("table")].find((one) => one.caption?.textContent.startsWith({json.dumps(caption)}));
        return [...table.tBodies[0].rows].map((row) => row.cells[{place}].textContent);
    }})()""")


class Browser:
    def __init__(self, language="en-GB"):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self.writer = os.pipe()
        self.reader, from_browser = os.pipe()
        # The browser reads messages from descriptor 3 and writes them to 4. The pipes may have these numbers themselves.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (to_browser, from_browser)]
        os.close(to_browser), os.close(from_browser)
        flags = ["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
                 "--disable-background-networking", "--disable-dev-shm-usage", "--disable-component-update", "--hide-scrollbars",
                 f"--lang={language}", f"--user-data-dir={self.folder.name}"]
        command = ["bash", "-c", f'exec "$@" 3<&{high[0]} 4>&{high[1]}', "browser", find_chromium(), *flags]
        self.process = subprocess.Popen(command, pass_fds=high, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env={**os.environ, "LANGUAGE": language.replace("-", "_")})
        for fd in high:
            os.close(fd)
        self.buffer, self.number, self.events = b"", 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        os.close(self.writer), os.close(self.reader)
        self.folder.cleanup()

    def _receive(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.reader, 1 << 16)
            if not piece:
                raise RuntimeError("the browser has ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, session=None, **parameters):
        """Sends a command and returns its result; events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            got = self._receive()
            if got.get("id") == self.number:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                return got["result"]
            self.events.append(got)

    def wait_event(self, method):
        while True:
            for event in self.events:
                if event["method"] == method:
                    self.events.remove(event)
                    return event
            self.events.append(self._receive())

    def open(self, path, width=1200, height=900, dark=False, locale=None):
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.send(f"{domain}.enable")
        page.size(width, height)
        page.media(dark=dark)
        if locale:
            page.send("Network.setUserAgentOverride", userAgent="test", acceptLanguage=locale)
        page.send("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        self.wait_event("Page.loadEventFired")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))")
        return page


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def send(self, method, **parameters):
        return self.browser.send(method, session=self.session, **parameters)

    def size(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def media(self, dark=False, print_=False):
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", media="print" if print_ else "", features=features)

    def evaluate(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, condition, seconds=60):
        """Looks until the condition holds: what a page does after a press it does in its own time, and a busy machine takes longer."""
        found = self.evaluate("""new Promise((done) => { const start = Date.now(); const look = () => (%s) ? done(true)
            : Date.now() - start > %d ? done(false) : setTimeout(look, 10); look(); })""" % (condition, 1000 * seconds))
        assert found, f"did not come within {seconds} s: {condition}"

    def complaints(self):
        """What the page wrote to the console, threw, or was refused."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") == self.session and event["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                found.append(event["params"])
        return found

    def requests(self):
        """What the page asked for, but for what it made itself: the text of its thread."""
        asked = [event["params"]["request"]["url"] for event in self.browser.events
                 if event.get("sessionId") == self.session and event["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if not url.startswith("blob:null/")]

    def screenshot(self, path, whole=True):
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def pdf(self, path):
        data = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))
