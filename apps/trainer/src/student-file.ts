/** Weights of a finished run, within its folder. */
export const STUDENT_FILE = 'student.safetensors';
