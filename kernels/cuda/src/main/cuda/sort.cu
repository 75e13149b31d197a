// The indices that sort lines along an axis, or the k first of them.
//
// Idea: as long as a run of elements fits into shared memory, a block sorts it there with a bitonic
// network (Batcher 1968): log2(n) (log2(n) + 1) / 2 rounds of n / 2 comparisons, whose places do not
// depend on the values, so that threads never diverge on where to look. A longer line is cut into such
// runs, and then pairs of runs are merged until one is left. A merge is cut into tiles that know
// nothing of each other (Odeh, Green, Mwassi, Shmueli and Birk 2012): a tile searches where the two
// runs stand when its first element is due, and within it the place of an element is its place in
// its own run plus the number of elements of the other that come before it. Of every run only the k
// first elements are kept, so that the k largest of a long line cost little more than looking at it.
#include "sort.cuh"
#include "walk.cuh"

extern __shared__ __align__(16) Entry entries[];

__device__ __forceinline__ void sort_shared(Entry* e, u32 n) {
#pragma unroll 1
  for (u32 size = 2; size <= n; size <<= 1) {
#pragma unroll 1
    for (u32 distance = size >> 1; distance > 0; distance >>= 1) {
#pragma unroll 1
      for (u32 i = threadIdx.x; i < n / 2; i += blockDim.x) {
        u32 low = 2 * i - (i & (distance - 1)), high = low + distance;
        Entry a = e[low], b = e[high];
        bool ascending = (low & size) == 0;
        if (ascending ? b < a : a < b) {
          e[low] = b;
          e[high] = a;
        }
      }
      __syncthreads();
    }
  }
}

// The threads of one threadIdx.y sort one run of n elements, a power of two; a line has `runs` of
// them. The `kept` first go to `sorted`, run after run, or, if there is none, as indices to y.
extern "C" __global__ void sort_runs(Walk<2> lines, const T* x, i64* y, int length, i64 x_stride,
                                     i64 y_stride, int descending, int n, int runs, int kept,
                                     Entry* sorted) {
  u32 all = lines.count * (u32)runs, run = blockIdx.x * blockDim.y + threadIdx.y;
  u32 from = run % (u32)runs * (u32)n;
  Entry* mine = entries + threadIdx.y * n;
  i64 at[2];
  lines.locate(run < all ? run / (u32)runs : 0, at);
#pragma unroll 1
  for (u32 i = threadIdx.x; i < n; i += blockDim.x) {
    u32 place = from + i;
    bool real = run < all && place < length;
    mine[i] = real ? entry(key_of(x[at[0] + place * x_stride], descending), place) : last_entry();
  }
  __syncthreads();
  sort_shared(mine, n);
  if (run >= all) return;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < kept && from + i < length; i += blockDim.x) {
    if (sorted) {
      sorted[(i64)run * kept + i] = mine[i];
    } else {
      y[at[1] + i * y_stride] = index_of(mine[i]);
    }
  }
}

// How many of the first d elements of the merge of a and b are of a.
__device__ __forceinline__ u32 share(const Entry* a, u32 a_count, const Entry* b, u32 b_count, u32 d) {
  u32 low = d > b_count ? d - b_count : 0, high = d < a_count ? d : a_count;
#pragma unroll 1
  while (low < high) {
    u32 middle = (low + high) / 2;
    if (a[middle] < b[d - 1 - middle]) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// How many elements come before e.
__device__ __forceinline__ u32 count_before(const Entry* sorted, u32 count, const Entry& e) {
  u32 low = 0;
#pragma unroll 1
  while (low < count) {
    u32 middle = (low + count) / 2;
    if (sorted[middle] < e) {
      low = middle + 1;
    } else {
      count = middle;
    }
  }
  return low;
}

__device__ __forceinline__ u32 limited(i64 count, u32 most) {
  return count < 0 ? 0 : count < most ? (u32)count : most;
}

// Merges runs 0 and 1, 2 and 3 .. of each line, whose elements are of `span` places of it each, and
// of which `had` are kept, into runs of which `kept` are kept. Blocks are tiles of a pair, then pairs
// of a line, then lines.
#define MERGE_TILE 1024
extern "C" __global__ void merge_runs(Walk<2> lines, const Entry* from, Entry* to, i64* y, int length,
                                      i64 y_stride, i64 span, int runs, int had, int kept, int tiles) {
  __shared__ Entry tile[MERGE_TILE];
  u32 pairs = ((u32)runs + 1) / 2, pair = blockIdx.x / (u32)tiles, line = pair / pairs;
  u32 first = (blockIdx.x - pair * (u32)tiles) * MERGE_TILE, p = pair - line * pairs;
  const Entry* a = from + ((i64)line * runs + 2 * p) * had;
  const Entry* b = a + had;
  u32 a_count = limited(length - 2 * p * span, had), b_count = limited(length - (2 * p + 1) * span, had);
  u32 end = min(min(first + MERGE_TILE, (u32)kept), a_count + b_count);
  if (first >= end) return;
  u32 a_from = share(a, a_count, b, b_count, first), b_from = first - a_from;
  u32 a_here = share(a, a_count, b, b_count, end) - a_from, all = end - first;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < all; i += blockDim.x)
    tile[i] = i < a_here ? a[a_from + i] : b[b_from + i - a_here];
  __syncthreads();
  i64 at[2];
  lines.locate(line, at);
#pragma unroll 1
  for (u32 i = threadIdx.x; i < all; i += blockDim.x) {
    bool of_a = i < a_here;
    Entry e = tile[i];
    u32 others = count_before(of_a ? tile + a_here : tile, of_a ? all - a_here : a_here, e);
    u32 place = first + (of_a ? i : i - a_here) + others;
    if (to) {
      to[(i64)pair * kept + place] = e;
    } else {
      y[at[1] + place * y_stride] = index_of(e);
    }
  }
}
