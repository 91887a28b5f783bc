'use strict';
/**
 * Nx's way to the specs: one jest for all projects whose results are not kept, so that its workers share what they compiled
 * and the slowest specs of all begin first. What a project came to is written to dist/test-results, which Nx keeps.
 */
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, countTests, runJest } = require('./run-jest.js');

/** @param projects `{name, root}` of each @returns what each came to */
function testProjects(projects) {
  const report = runJest(projects.map(({ root }) => `${root}/src/`));
  return projects.map(({ name, root }) => {
    const counts = countTests(name, root, report);
    const file = path.join(ROOT, 'dist/test-results', `${name}.json`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(counts)}\n`);
    return counts;
  });
}

/** Of one project. */
module.exports = async function run(_options, { projectName, projectsConfigurations }) {
  const { root } = projectsConfigurations.projects[projectName];
  const [counts] = testProjects([{ name: projectName, root }]);
  return { success: counts.failed === 0 };
};

/** Of many, in one jest. @returns by task, as Nx wants it */
module.exports.runBatch = async function runBatch({ tasks }) {
  const ids = Object.keys(tasks);
  const startTime = Date.now();
  const projects = testProjects(ids.map((id) => ({ name: tasks[id].target.project, root: tasks[id].projectRoot })));
  const ended = projects.map(({ name, passed, failed, skipped }, index) => {
    const terminalOutput = `${name}: ${passed} passed, ${failed} failed, ${skipped.length} skipped\n`;
    return [ids[index], { success: failed === 0, terminalOutput, startTime, endTime: Date.now() }];
  });
  return Object.fromEntries(ended);
};
