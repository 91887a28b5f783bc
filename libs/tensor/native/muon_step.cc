// One step of Muon over kernels of convolutions that a normalisation follows: see muon-step.ts.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "weight_step.h"

namespace winnow {
namespace {

constexpr int kRounds = 5;
constexpr float kLinear = 3.4445f, kCubic = -4.775f, kQuintic = 2.0315f;
// Of a block of the product that stays in registers.
constexpr int kRows = 6, kColumns = 16;

using Matrix = std::vector<float>;

// sums [kRows, kColumns] of left [depth, kRows] and right [depth, kColumns].
WINNOW_VECTORISED
void MultiplyBlock(const float* left, const float* right, int64_t depth, float* __restrict result) {
  float sums[kRows][kColumns] = {};
  for (int64_t k = 0; k < depth; ++k, left += kRows, right += kColumns) {
    for (int column = 0; column < kColumns; ++column) {
      for (int row = 0; row < kRows; ++row) sums[row][column] += left[row] * right[column];
    }
  }
  memcpy(result, sums, sizeof sums);
}

// result [rows, columns] = left right [depth, columns], where left(i, k) is left[i * row_step + k * depth_step]. Rows and columns
// of a block are copied side by side first: of a large matrix each would be a page of its own.
void Multiply(const float* left, int64_t row_step, int64_t depth_step, const float* right, int64_t rows, int64_t depth,
              int64_t columns, float* result) {
  const int64_t strips = (rows + kRows - 1) / kRows;
  Matrix strip(strips * kRows * depth), panel(depth * kColumns);
  for (int64_t i = 0; i < rows; ++i) {
    float* to = &strip[i / kRows * kRows * depth + i % kRows];
    for (int64_t k = 0; k < depth; ++k) to[k * kRows] = left[i * row_step + k * depth_step];
  }
  float block[kRows * kColumns];
  for (int64_t j = 0; j < columns; j += kColumns) {
    const int64_t width = std::min<int64_t>(kColumns, columns - j);
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t column = 0; column < width; ++column) panel[k * kColumns + column] = right[k * columns + j + column];
    }
    for (int64_t i = 0; i < rows; i += kRows) {
      MultiplyBlock(&strip[i * depth], panel.data(), depth, block);
      for (int64_t row = 0; row < std::min<int64_t>(kRows, rows - i); ++row) {
        memcpy(result + (i + row) * columns + j, block + row * kColumns, width * sizeof(float));
      }
    }
  }
}

double SquaredLength(const float* values, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

// Of a matrix [rows, columns].
Matrix Transposed(const Matrix& matrix, int64_t rows, int64_t columns) {
  Matrix result(matrix.size());
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

// What a matrix is to be multiplied with for singular values near one. @param gram of it, of length one, [side, side]
Matrix Orthogonaliser(Matrix gram, int64_t side) {
  const auto times = [side](const Matrix& left, const Matrix& right) {
    Matrix result(side * side);
    Multiply(left.data(), side, 1, right.data(), side, side, side, result.data());
    return result;
  };
  Matrix factor;
  for (int round = 1; round <= kRounds; ++round) {
    Matrix change = times(gram, gram);
    for (int64_t i = 0; i < side * side; ++i) change[i] = kCubic * gram[i] + kQuintic * change[i];
    for (int64_t i = 0; i < side; ++i) change[i * side + i] += kLinear;
    factor = factor.empty() ? change : times(factor, change);
    if (round < kRounds) gram = times(times(change, gram), change);
  }
  return factor;
}

// Settings: turn, momentum, nesterov, columns.
void Step(const float* const* in, const float* settings, int64_t count, float* const* out) {
  const float turn = settings[0], momentum = settings[1];
  const int64_t columns = static_cast<int64_t>(settings[3]), rows = count / columns;
  const float* weight = in[0];
  Matrix wanted(count);
  for (int64_t i = 0; i < count; ++i) {
    const float moved = momentum * in[2][i] + in[1][i];
    out[1][i] = moved;
    wanted[i] = settings[2] != 0.0f ? in[1][i] + momentum * moved : moved;
  }
  memcpy(out[0], weight, count * sizeof(float));
  const double squared = SquaredLength(wanted.data(), count), length = std::sqrt(SquaredLength(weight, count));
  // What is not a number goes on, and is found in the weights.
  if (squared <= 1e-40 || length == 0) return;

  const bool is_wide = rows < columns;
  const int64_t side = std::min(rows, columns), depth = std::max(rows, columns);
  const Matrix turned = is_wide ? Transposed(wanted, rows, columns) : Matrix();
  const float* high = is_wide ? turned.data() : wanted.data();
  Matrix gram(side * side), step(count);
  Multiply(high, 1, side, high, side, depth, side, gram.data());
  for (float& value : gram) value = static_cast<float>(value / squared);
  const Matrix factor = Orthogonaliser(std::move(gram), side);
  if (is_wide) Multiply(factor.data(), side, 1, wanted.data(), rows, side, columns, step.data());
  else Multiply(wanted.data(), columns, 1, factor.data(), rows, side, columns, step.data());

  const float share = static_cast<float>(turn * length / std::sqrt(side * squared));
  for (int64_t i = 0; i < count; ++i) step[i] = weight[i] - share * step[i];
  const double moved = std::sqrt(SquaredLength(step.data(), count));
  if (moved == 0) return;
  const float scale = static_cast<float>(length / moved);
  for (int64_t i = 0; i < count; ++i) out[0][i] = step[i] * scale;
}

void Compute(void*, TF_OpKernelContext* context) {
  RunWeightStep<3, 2, 4>(context, &Step, std::numeric_limits<int64_t>::max());
}

__attribute__((constructor)) void Register() {
  RegisterWeightStep("WinnowMuonStep", {"weights", "gradients", "velocities"}, {"new_weights", "new_velocities"}, &Compute);
}

}  // namespace
}  // namespace winnow
