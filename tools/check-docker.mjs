#!/usr/bin/env node
/** Lints docker/: no engine is needed. Dockerfiles copy only what exists, run only the scripts that CI runs, and drop root. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './ensure-dependencies.mjs';

const require = createRequire(import.meta.url);
const { parse } = require('yaml');
const problems = [];
const folder = path.join(ROOT, 'docker');

for (const entry of readdirSync(folder, { withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = entry.name;
  const text = readFileSync(path.join(folder, file), 'utf8');
  if (file.endsWith('.Dockerfile')) checkDockerfile(file, text);
  if (file.endsWith('.sh')) {
    const { status, stderr } = spawnSync('bash', ['-n', path.join(folder, file)], { encoding: 'utf8' });
    if (status !== 0) problems.push(`${file}: ${stderr.trim()}`);
    if (!text.includes('set -euo pipefail')) problems.push(`${file}: lacks set -euo pipefail`);
  }
}
for (const file of readdirSync(path.join(folder, 'prometheus')))
  parse(readFileSync(path.join(folder, 'prometheus', file), 'utf8'));
checkCompose(parse(readFileSync(path.join(folder, 'compose.yaml'), 'utf8'), { merge: true }));

function checkDockerfile(file, text) {
  const lines = text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'ENTRYPOINT', 'CMD'];
  for (const line of lines) {
    const [instruction, ...rest] = line.split(/\s+/);
    if (!known.includes(instruction)) problems.push(`${file}: unexpected instruction ${instruction}`);
    if (instruction === 'FROM' && !isPinned(rest[0]))
      problems.push(`${file}: image without an exact version: ${rest[0]}`);
    if (instruction === 'COPY') {
      for (const source of rest.slice(0, -1))
        if (!existsSync(path.join(ROOT, source))) problems.push(`${file}: copies ${source}, which does not exist`);
    }
    if (
      instruction === 'RUN' &&
      !/^RUN bash docker\/install-[\w-]+\.sh (crawler|trainer|trainer-gpu)( |$)/.test(line)
    ) {
      problems.push(`${file}: RUN must call a script of docker/, so that CI executes it too: ${line}`);
    }
    // Another role would install another engine.
    const role = file.replace(/\.Dockerfile$/, '');
    if (instruction === 'RUN' && !line.split(/\s+/).includes(role))
      problems.push(`${file}: installs for another role than ${role}: ${line}`);
    if (/^(ENTRYPOINT|CMD)$/.test(instruction)) JSON.parse(rest.join(' '));
  }
  if (!lines[0].startsWith('FROM ')) problems.push(`${file}: does not begin with FROM`);
  if (lines.findLast((line) => line.startsWith('USER ')) !== 'USER node')
    problems.push(`${file}: does not end as an ordinary user`);
}

/** By minor version at least, or by digest. */
function isPinned(image) {
  return /^[\w./-]+:\d+\.\d+[\w.-]*(@sha256:[\da-f]{64})?$/.test(image);
}

function checkCompose(compose) {
  for (const [name, service] of Object.entries(compose.services)) {
    if ((service.image === undefined) === (service.build === undefined))
      problems.push(`compose.yaml: ${name} needs an image or a build`);
    if (service.image !== undefined && !isPinned(service.image))
      problems.push(`compose.yaml: ${name}: image without an exact version`);
    if (service.build !== undefined && !existsSync(path.join(ROOT, service.build.dockerfile)))
      problems.push(`compose.yaml: ${name}: no ${service.build.dockerfile}`);
    for (const device of service.deploy?.resources?.reservations?.devices ?? []) {
      if (!name.endsWith('-gpu')) problems.push(`compose.yaml: ${name} asks for a GPU, and its name does not say so`);
      if (!device.capabilities?.includes('gpu'))
        problems.push(`compose.yaml: ${name}: a device without the capability gpu, which Docker refuses`);
    }
    if ((service.volumes ?? []).some((volume) => volume.includes(':-')))
      problems.push(`compose.yaml: ${name} mounts a folder that nobody named`);
    if (service.ports !== undefined) problems.push(`compose.yaml: ${name} opens ports to the network`);
    for (const other of Object.keys(service.depends_on ?? {})) {
      if (compose.services[other] === undefined)
        problems.push(`compose.yaml: ${name} depends on ${other}, which does not exist`);
    }
  }
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
process.stderr.write('docker/ is in order.\n');
