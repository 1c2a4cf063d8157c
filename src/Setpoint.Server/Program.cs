using Setpoint.Server.Process;

return await ServerProcess.RunAsync(args);
