import { describeFailure } from './training-verdict';

const failure = (accuracy: number | null, teacherAccuracy: number | null, agreement: number | null = null) =>
  describeFailure({ accuracy, agreement, teacherAccuracy }, { classCount: 10, advice: '--epochs 60' });

describe('describeFailure', () => {
  it('calls a student that guesses, or is far under its teacher, a failed run, with what to change', () => {
    expect(failure(0.2, 0.98)).toBe(
      'This run failed: the student is right for 20.0 %; its teacher for 98.0 %, chance is 10.0 %. --epochs 60',
    );
    expect(failure(0.12, null)).toContain('right for 12.0 %; chance is 10.0 %');
    expect(failure(null, null, 0.15)).toContain('agrees with its teacher on 15.0 %');
    expect(
      describeFailure({ accuracy: 0.1, agreement: null, teacherAccuracy: 0.9 }, { classCount: 10, advice: null }),
    ).toContain('student.weights');
  });

  it('is silent where it learnt, and where nothing was measured', () => {
    expect([failure(0.6, 0.97), failure(null, null), failure(0.3, 0.25), failure(0.4, null)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
