// What every kernel here needs of TensorFlow's C interface.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// Compiled for several processors, the best of them chosen when the library is loaded.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WINNOW_VECTORISED __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define WINNOW_VECTORISED
#endif

namespace winnow {

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  TF_Status* get() { return status_; }
  bool ok() const { return TF_GetCode(status_) == TF_OK; }

 private:
  TF_Status* status_;
};

// An input tensor, released at the end of its scope.
class Input {
 public:
  Input(TF_OpKernelContext* context, int index) {
    Status status;
    TF_GetInput(context, index, &tensor_, status.get());
  }
  ~Input() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  template <typename T = float>
  const T* data() const {
    return static_cast<const T*>(TF_TensorData(tensor_));
  }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  int rank() const { return TF_NumDims(tensor_); }
  int64_t dim(int axis) const { return TF_Dim(tensor_, axis); }
  const TF_Tensor* get() const { return tensor_; }

 private:
  TF_Tensor* tensor_ = nullptr;
};

// An output tensor; data() is null where it could not be allocated, which the context then knows.
class Output {
 public:
  Output(TF_OpKernelContext* context, int index, TF_DataType type, const int64_t* dims, int rank, size_t bytes) {
    Status status;
    tensor_ = TF_AllocateOutput(context, index, type, dims, rank, bytes, status.get());
    if (!status.ok()) TF_OpKernelContext_Failure(context, status.get());
  }
  // Float32, of the shape of an input.
  Output(TF_OpKernelContext* context, int index, const Input& like) {
    int64_t dims[8];
    const int rank = like.rank() < 8 ? like.rank() : 8;
    for (int axis = 0; axis < rank; ++axis) dims[axis] = like.dim(axis);
    Status status;
    tensor_ = TF_AllocateOutput(context, index, TF_FLOAT, dims, rank, like.size() * sizeof(float), status.get());
    if (!status.ok()) TF_OpKernelContext_Failure(context, status.get());
  }
  ~Output() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  template <typename T = float>
  T* data() {
    return tensor_ == nullptr ? nullptr : static_cast<T*>(TF_TensorData(tensor_));
  }

 private:
  TF_Tensor* tensor_ = nullptr;
};

inline void Fail(TF_OpKernelContext* context, const std::string& message) {
  Status status;
  TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, message.c_str());
  TF_OpKernelContext_Failure(context, status.get());
}

// Shapes are known only when a kernel runs: everything here is executed eagerly.
inline void UnknownShapes(TF_ShapeInferenceContext*, TF_Status* status) { TF_SetStatus(status, TF_OK, ""); }

// What a kernel does: its state from its attributes, a call, the end of the state.
struct KernelFunctions {
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

// Makes an operation known, and its kernel for processors.
inline void RegisterKernel(const char* name, std::initializer_list<const char*> inputs,
                           std::initializer_list<const char*> outputs, std::initializer_list<const char*> attributes,
                           const KernelFunctions& functions) {
  Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &UnknownShapes);
  TF_RegisterOpDefinition(op, status.get());
  if (!status.ok()) return;
  TF_RegisterKernelBuilder(
      name, TF_NewKernelBuilder(name, "CPU", functions.create, functions.compute, functions.destroy), status.get());
}

}  // namespace winnow
