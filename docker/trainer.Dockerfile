# winnow trainer. Build from the root of the checkout: docker build -f docker/trainer.Dockerfile -t winnow-trainer .
FROM node:22.23.5-bookworm-slim

WORKDIR /opt/winnow
COPY docker/install-system-packages.sh docker/install-winnow.sh docker/
RUN bash docker/install-system-packages.sh trainer

ENV NODE_ENV=production WINNOW_CACHE=/opt/winnow/.cache
COPY package.json package-lock.json .npmrc ./
COPY apps apps
COPY libs libs
COPY migrations migrations
RUN bash docker/install-winnow.sh trainer && mkdir -p /data && chown -R node:node /opt/winnow /data

USER node
WORKDIR /data
ENTRYPOINT ["node", "/opt/winnow/apps/winnow/bin/winnow.js"]
CMD ["--help"]
