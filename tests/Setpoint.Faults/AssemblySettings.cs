// Every test here has a server process of its own and loads the disk: side by side they would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
