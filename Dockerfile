# One image for web, workers and beat; docker-compose.yml says which program each runs.

FROM python:3.12-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.12-slim-bookworm
# What pip cannot install: PDF layout, and a font for every script that people sign in.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig poppler-utils \
        fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /home/coalition coalition \
    && install -d -o coalition -g coalition /srv/var /srv/var/media /srv/var/mailbox
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR=/srv/var \
    STATIC_ROOT=/srv/static \
    GRANIAN_BLOCKING_THREADS=4
WORKDIR /srv/coalition
COPY . .
# Only for this step, and thrown away with its folder: collecting needs settings, but no secret of yours.
RUN VAR=/tmp/build EMBEDDED=true python manage.py collectstatic --noinput --verbosity 0 \
    && VAR=/tmp/build EMBEDDED=true python manage.py compile_translations \
    && rm -rf /tmp/build
USER coalition
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "coalition.running.probe"]
CMD ["granian", "--interface", "wsgi", "coalition.wsgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", "--respawn-failed-workers"]
