FROM python:3.11-slim

# PyTorch from its CPU index: the default Linux build brings several gigabytes of CUDA.
# For a GPU image, name one of PyTorch's CUDA indexes with --build-arg TORCH_INDEX=...
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    EMBFILTER_HOME=/home/explorer/embfilter \
    EMBFILTER_HOSTED=1 \
    STREAMLIT_SERVER_HEADLESS=true

RUN useradd --create-home --uid 1000 explorer
WORKDIR /srv/embfilter-explorer

COPY requirements.txt .
RUN grep '^torch==' requirements.txt > torch.txt \
    && pip install --index-url "$TORCH_INDEX" -r torch.txt \
    && pip install -r requirements.txt \
    && rm torch.txt

USER explorer

# The offline assets are part of the image, so that a container starts without a network.
COPY embfilter_core embfilter_core
RUN python -m embfilter_core assets

COPY .streamlit .streamlit
COPY app.py LICENSE ./
COPY pages pages

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501"]
