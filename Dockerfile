# The app for a team's server: `docker build -t komet-import . && docker run -p 127.0.0.1:8501:8501 -v komet:/data komet-import`.
# In local mode it answers this machine only, so a container needs a sign-in or the same network namespace (--network host).
FROM python:3.13-slim

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE requirements.txt app.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY komet_import komet_import

RUN useradd --create-home --uid 1000 komet && mkdir /data && chown komet /data
USER 1000
ENV KOMET_DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=3)"]
CMD ["python", "-m", "komet_import", "serve"]
