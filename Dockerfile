# The command line of scoreframe with what its npm package has, for docker-compose.yml: `emulate`, `serve` of a model that needs no other
# package, `run`. An image for a model of your own: examples/Dockerfile.

FROM node:24.21.0-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.ts
# The files of the package and no others, in ./package.
RUN npm pack --ignore-scripts --silent && tar -xzf scoreframe-*.tgz

FROM node:24.21.0-slim
WORKDIR /opt/scoreframe
ENV NODE_ENV=production
# No dependency needs its install script here: the native parts come as packages for the platform.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cache /tmp/npm && rm -rf /tmp/npm
COPY --from=build /build/package ./
USER node
ENTRYPOINT ["node", "/opt/scoreframe/dist/cli/main.js"]
CMD ["--help"]
