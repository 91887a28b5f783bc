# winnow trainer for NVIDIA GPUs, see docs/gpu.md; CUDA comes from PyPI, so the base image has none. Build from the root
# of the checkout: docker build -f docker/trainer-gpu.Dockerfile -t winnow-trainer-gpu .
FROM node:22.23.5-bookworm-slim

WORKDIR /opt/winnow
COPY docker/install-system-packages.sh docker/install-winnow.sh docker/
RUN bash docker/install-system-packages.sh trainer-gpu

ENV NODE_ENV=production WINNOW_CACHE=/opt/winnow/.cache
# What the container toolkit mounts of the driver: libcuda.so.1 and nvidia-smi.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
# What the driver compiles for GPUs newer than the wheel (Hopper on) is kept with the project.
ENV CUDA_CACHE_PATH=/data/.winnow/cuda-cache CUDA_CACHE_MAXSIZE=4294967296
COPY package.json package-lock.json .npmrc ./
COPY apps apps
COPY libs libs
COPY migrations migrations
RUN bash docker/install-winnow.sh trainer-gpu && mkdir -p /data && chown -R node:node /opt/winnow /data

USER node
WORKDIR /data
ENTRYPOINT ["node", "/opt/winnow/apps/winnow/bin/winnow.js"]
CMD ["--help"]
