using Setpoint.Client;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Faults.Agreement;

/// <summary>Evaluates in this process with the .NET SDK, which follows one of the servers. Safe for concurrent use.</summary>
internal sealed class SdkSource(ISetpointFlags sdk, AgreedFlag[] flags)
{
    public Answer[] Ask(User user)
    {
        var context = FlagContext.Of(user.Context);
        var answers = new Answer[flags.Length];
        for (var i = 0; i < flags.Length; i++)
        {
            var key = flags[i].Key;
            answers[i] = flags[i].Type switch
            {
                JsonKind.Boolean => Of(sdk.GetBooleanDetails(key, false, context), static value => value ? "true" : "false"),
                JsonKind.Number => Of(sdk.GetNumberDetails(key, 0, context), static value => JsonNumber.Of(value).Text),
                JsonKind.String => Of(sdk.GetStringDetails(key, "", context), static value => Answer.TextOf(new JsonString(value))),
                _ => Of(sdk.GetObjectDetails(key, JsonObject.Empty, context), static value => Answer.TextOf(value)),
            };
        }

        return answers;
    }

    private static Answer Of<T>(in FlagDetails<T> details, Func<T, string> text) =>
        new(details.Variant, details.Reason, details.ErrorCode, details.Variant is null ? null : text(details.Value));
}
