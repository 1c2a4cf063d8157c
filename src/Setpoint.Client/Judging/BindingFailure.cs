using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Setpoint.Client.Judging;

/// <summary>
/// Words an exception of binding or validation without the configuration's values: the binder quotes the value it cannot convert, and
/// that value may be a secret in the wrong place.
/// </summary>
internal static partial class BindingFailure
{
    public static IEnumerable<string> Describe(Exception exception) => exception switch
    {
        OptionsValidationException validation => validation.Failures,
        AggregateException aggregate => aggregate.Flatten().InnerExceptions.SelectMany(Describe),
        // The path and the type come last in the binder's message, whatever the quoted value holds.
        InvalidOperationException when PathAndType().Match(exception.Message) is { Success: true } match =>
            [$"the value at '{match.Groups["path"].Value}' cannot be converted to {match.Groups["type"].Value}"],
        _ => [$"{exception.GetType().Name} while it was bound"],
    };

    [GeneratedRegex(@" at '(?<path>[^']*)' to type '(?<type>[^']*)'\.?$", RegexOptions.RightToLeft | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex PathAndType();
}
