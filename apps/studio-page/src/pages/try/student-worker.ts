import { startBrowserEngine } from '@winnow/tensor/browser';
import { decodeSquare } from './decode-square';
import { occludedSquares, occlusionDrops, OCCLUSION_CELLS } from './occlusion';
import { loadStudent } from './student';
import type { Student } from './student';
import type { StudentAnswer, WorkerAnswer, WorkerAsk, WorkerRequests } from './worker-messages';

/** The types of a page stand for those of a worker: what is used here is in both. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<WorkerAsk>) => void) | null;
  postMessage(answer: WorkerAnswer): void;
};

let student: Student | undefined;
let turns: Promise<unknown> = Promise.resolve();

// One after the other: an engine computes one thing at a time.
scope.onmessage = ({ data }) => {
  const { id } = data;
  turns = turns
    .then(() => answerTo(data))
    .then((answer) => scope.postMessage({ id, answer }))
    .catch((error: unknown) =>
      scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    );
};

async function answerTo(request: WorkerAsk): Promise<WorkerRequests[typeof request.kind]['answer']> {
  if (request.kind === 'load') {
    const backend = await startBrowserEngine();
    student?.dispose();
    student = loadStudent(new Uint8Array(request.ask.weights));
    const { size } = student.facts;
    // Its first answer would take the time of folding.
    await student.answer(new Uint8Array(size * size * 3), 1);
    return { ...student.facts, backend };
  }
  if (student === undefined) throw new Error('No student is loaded.');
  const { size, policy } = student.facts;
  switch (request.kind) {
    case 'image': {
      if (policy === 'attention') throw new Error('No browser can cut a square by attention.');
      const { square, width, height } = await decodeSquare(request.ask.file, size, policy);
      return answerSquare(student, square, { width, height });
    }
    case 'square':
      return answerSquare(student, request.ask.square, null);
    case 'occlusion': {
      const { square, temperature } = request.ask;
      const whole = await student.answer(square, 1);
      const hidden = await student.answer(occludedSquares(square, size), OCCLUSION_CELLS ** 2);
      return occlusionDrops(whole, hidden, temperature);
    }
  }
}

async function answerSquare(asked: Student, square: Uint8Array, from: StudentAnswer['from']): Promise<StudentAnswer> {
  const startedAt = performance.now();
  const logits = await asked.answer(square, 1);
  return { square, logits, millis: performance.now() - startedAt, from };
}
