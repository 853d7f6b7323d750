"""What people do in a working morning, for locust (see `morning`): 80 dashboards, 15 records and 5 team pages of a hundred requests."""

import datetime as dt
import itertools
import json
import os
import random
from pathlib import Path

from locust import HttpUser, constant_throughput, task

PLAN = json.loads(Path(os.environ["MORNING_PLAN"]).read_text())
DAY = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).date().isoformat()
number = itertools.count(1)


class Person(HttpUser):
    """Whoever comes next: each request is somebody else's, signed in already."""

    wait_time = constant_throughput(PLAN["each"])

    def headers(self, session: str) -> dict[str, str]:
        token = PLAN["token"]
        return {
            "Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token, "X-Forwarded-Proto": "https",
            "Referer": f"https://{self.host.partition('://')[2]}/",
        }  # fmt: skip

    def on_start(self):
        self.client.cookies.set_policy(NoCookies())

    @task(80)
    def dashboard(self):
        self.client.get("/dashboard/", headers=self.headers(random.choice(PLAN["coders"])), name="dashboard")

    @task(15)
    def record(self):
        n = next(number)
        said = {
            "starts_on": DAY,
            "ends_on": DAY,
            "work_type": PLAN["work_type"],
            "charts": 20 + n % 300,
            "minutes": "4:00",
        }
        session = PLAN["coders"][n % len(PLAN["coders"])]
        with self.client.post(
            "/records/volume/add/", said, headers=self.headers(session), name="record", allow_redirects=False,
            catch_response=True,
        ) as response:  # fmt: skip
            if response.status_code != 302:
                response.failure(f"answered {response.status_code}")

    @task(5)
    def team(self):
        session, team = random.choice(PLAN["managers"])
        self.client.get(f"/teams/{team}/", headers=self.headers(session), name="team")


class NoCookies:
    """Takes none: who is signed in says each request by itself."""

    netscape = rfc2965 = hide_cookie2 = False

    def set_ok(self, *args):
        return False

    return_ok = domain_return_ok = path_return_ok = set_ok
