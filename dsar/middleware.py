import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dsar import ledger

CHECK_AGAIN_AFTER = 10  # seconds


class LedgerInterlock:
    """Refuses to serve from a database that is older than the erasure ledger (law 7).

    A restored backup holds people who have been erased: nobody may look until
    ``manage.py replay_erasures`` has been run.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.good_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._may_serve():
            return self.get_response(request)
        return render(request, "503.html", status=503)

    def _may_serve(self) -> bool:
        """A yes holds for some seconds, so that not every page pays for it; a no is asked again."""
        if time.monotonic() < self.good_until:
            return True
        if ledger.database_is_behind():
            return False
        self.good_until = time.monotonic() + CHECK_AGAIN_AFTER
        return True
