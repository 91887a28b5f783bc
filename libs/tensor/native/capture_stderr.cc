// Keeps from the terminal what native code writes on stderr between begin() and end(); end() returns it.
#include <fcntl.h>
#include <node_api.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

int saved = -1;
int captured = -1;

napi_value Begin(napi_env, napi_callback_info) {
  if (saved >= 0) return nullptr;
  captured = memfd_create("winnow-stderr", MFD_CLOEXEC);
  if (captured < 0) return nullptr;
  saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (saved < 0) {
    close(captured);
    return nullptr;
  }
  fflush(stderr);
  dup2(captured, STDERR_FILENO);
  return nullptr;
}

napi_value End(napi_env env, napi_callback_info) {
  std::string text;
  if (saved >= 0) {
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    saved = -1;
    char buffer[4096];
    lseek(captured, 0, SEEK_SET);
    for (ssize_t count; (count = read(captured, buffer, sizeof buffer)) > 0;) text.append(buffer, count);
    close(captured);
  }
  napi_value result = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

napi_value Init(napi_env env, napi_value exports) {
  napi_value function = nullptr;
  napi_create_function(env, "begin", NAPI_AUTO_LENGTH, Begin, nullptr, &function);
  napi_set_named_property(env, exports, "begin", function);
  napi_create_function(env, "end", NAPI_AUTO_LENGTH, End, nullptr, &function);
  napi_set_named_property(env, exports, "end", function);
  return exports;
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, Init)
