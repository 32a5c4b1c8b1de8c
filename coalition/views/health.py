"""Whether this process can do its work, for load balancers and `up`."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from common.access import anyone


@anyone
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where Postgres and Redis answer, else 503 with what does not."""
    problems = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        problems.append("database")
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        problems.append("redis")
    response = JsonResponse({"ok": not problems, "problems": problems})
    response.status_code = 503 if problems else 200
    response["Cache-Control"] = "no-store"
    return response
