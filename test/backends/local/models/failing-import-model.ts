throw new Error("no such configuration");
