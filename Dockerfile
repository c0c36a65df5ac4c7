# The image of web, worker, beat and set-up: no compiler, no root, no writable root file system needed.
FROM node:24-slim AS front
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund --no-progress

FROM python:3.11-slim AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements/base.txt requirements/
RUN /venv/bin/pip install --require-hashes --no-deps -r requirements/base.txt
COPY . .
COPY --from=front /build/node_modules node_modules
# No secret of the build is kept: these values serve this one command, which reads no data.
RUN /venv/bin/python -m liaison.frontend \
 && /venv/bin/python -m liaison.catalogs \
 && SECRET_KEY=build AUDIT_KEY=build BLIND_KEY=build DATABASE_URL=postgres://none@none/none \
    /venv/bin/python manage.py collectstatic --noinput --ignore='*.ttf' \
 && rm -rf node_modules

FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/venv/bin:$PATH LIAISON_HOME=/home/liaison
RUN useradd --uid 10001 --home-dir /home/liaison --create-home --shell /usr/sbin/nologin liaison
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
VOLUME /home/liaison
EXPOSE 8000
CMD ["gunicorn", "liaison.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "30", "--worker-tmp-dir", "/dev/shm"]
