// Asks libtensorflow_framework (first argument) to open the libraries of CUDA that it needs before it registers a GPU,
// by the search that it does itself. Needs no GPU. Exit code 0: it found them all.
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>

namespace {

// absl::Status as it is returned: one word, 1 for OK.
struct Status {
  uintptr_t word;
  ~Status() {}  // as in absl, not trivial: so it is returned in memory
};

constexpr char kSymbol[] = "_ZN3tsl8internal9DsoLoader22TryDlopenCUDALibrariesEv";
// For the message: in the order in which a person would look for them.
constexpr const char* kLibraries[] = {"libcudart.so.12",   "libcublas.so.12",   "libcublasLt.so.12", "libcufft.so.11",
                                      "libcusolver.so.11", "libcusparse.so.12", "libcudnn.so.9"};

}  // namespace

int main(int count, char** arguments) {
  void* framework = count > 1 ? dlopen(arguments[1], RTLD_NOW) : nullptr;
  if (framework == nullptr) {
    fprintf(stderr, "%s\n", count > 1 ? dlerror() : "usage: find_cuda_libraries <libtensorflow_framework>");
    return 2;
  }
  auto* const open = reinterpret_cast<Status (*)()>(dlsym(framework, kSymbol));
  if (open == nullptr) {
    fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  if (open().word == 1) return 0;
  fprintf(stderr, "libtensorflow does not find");
  for (const char* name : kLibraries) {
    if (dlopen(name, RTLD_NOW | RTLD_NOLOAD) == nullptr) fprintf(stderr, " %s", name);
  }
  fprintf(stderr, "\n");
  return 1;
}
