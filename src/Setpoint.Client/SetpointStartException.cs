namespace Setpoint.Client;

/// <summary>
/// The app cannot start: there is neither an answer of the server nor a cached configuration, or the app's validation refuses all of them,
/// or keys are missing that it requires. The message says which, and the way out.
/// </summary>
public sealed class SetpointStartException(string message, Exception? innerException = null) : Exception(message, innerException);
