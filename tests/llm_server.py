"""SmolLM2 served over the OpenAI protocol by llama.cpp, as a process that can be killed.

Prints its address and key, and serves until it is ended.
"""

import sys
import time

from qa.generation.local import LocalServer

if __name__ == "__main__":
    server = LocalServer(int(sys.argv[1]))
    print(server.url(), server.key, flush=True)
    time.sleep(600)
