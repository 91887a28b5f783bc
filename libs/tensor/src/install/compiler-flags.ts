/** Of g++ for every add-on. */
export const ADD_ON_FLAGS = ['-O2', '-std=c++17', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'] as const;

/** Of g++ for the binding: the loops of the kernels want -O3, and bounds in them are vectorised only where nothing traps. */
export const COMPILER_FLAGS = [...ADD_ON_FLAGS, '-O3', '-fno-trapping-math', '-pthread'] as const;
