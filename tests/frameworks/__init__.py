"""README's lines for LangChain and LlamaIndex, each run in an environment of its own (`make frameworks`)."""
