// A captured training step runs again and again with the parameters it was captured with. What must
// differ from run to run is read from here: zeros in ordinary launches, and in a run of a graph what
// the host wrote before it. Behind it lie the numbers of optimizer updates, see optim.cu.
#pragma once
#include "types.cuh"

struct Replay {
  u64 streams;  // random streams handed out since the capture
};
