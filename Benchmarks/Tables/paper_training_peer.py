"""Steps per second of NN-LUT's published training loop in PyTorch: one thread, batch 512."""

import time

import torch

torch.set_num_threads(1)
torch.manual_seed(1)
neurons, samples, batch = 15, 100_000, 512
x = torch.rand(samples, 1) * 10 - 5
y = torch.nn.functional.gelu(x)
network = torch.nn.Sequential(
    torch.nn.Linear(1, neurons), torch.nn.ReLU(), torch.nn.Linear(neurons, 1, bias=False)
)
adam = torch.optim.Adam(network.parameters(), lr=1e-3)


def epoch(steps):
    order = torch.randperm(samples)
    for step in range(steps):
        chosen = order[step * batch : (step + 1) * batch]
        loss = torch.nn.functional.l1_loss(network(x[chosen]), y[chosen])
        adam.zero_grad()
        loss.backward()
        adam.step()


epoch(100)
start = time.perf_counter()
steps = samples // batch
epoch(steps)
epoch(steps)
epoch(steps)
print(3 * steps / (time.perf_counter() - start))
