// A captured training step runs again and again with the parameters it was captured with. What must
// differ from run to run is read from here: zeros in ordinary launches, and in run r of a graph what
// the host wrote before it.
#pragma once
#include "types.cuh"

struct Replay {
  u64 streams;  // random streams handed out since the capture
  i64 steps;    // optimizer steps since the capture
};
