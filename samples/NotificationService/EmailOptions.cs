using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace NotificationService;

/// <summary>The section <c>email</c>.</summary>
public sealed class EmailOptions
{
    public const string Section = "email";

    [Required]
    public bool Enabled { get; set; }

    public string From { get; set; } = string.Empty;

    public SmtpOptions Smtp { get; set; } = new();

    public RetryOptions Retries { get; set; } = new();
}

public sealed class SmtpOptions
{
    [Required]
    public string Host { get; set; } = string.Empty;

    public int Port { get; set; } = 25;
}

public sealed class RetryOptions
{
    public int Max { get; set; } = 3;

    public int BackoffMs { get; set; } = 500;
}

/// <summary>The section <c>rateLimit</c>.</summary>
public sealed class RateLimitOptions
{
    public const string Section = "rateLimit";

    [Required]
    public int PerMinute { get; set; }
}

/// <summary>Refuses what would break the sending of mail; a change that it refuses never reaches the app.</summary>
public sealed class EmailOptionsValidator : IValidateOptions<EmailOptions>
{
    public ValidateOptionsResult Validate(string? name, EmailOptions options)
    {
        var problems = new List<string>();
        if (options.Enabled && !options.From.Contains('@', StringComparison.Ordinal))
            problems.Add("email:from is a mail address when email:enabled is true.");
        if (options.Enabled && options.Smtp.Host.Length == 0)
            problems.Add("email:smtp:host is set when email:enabled is true.");
        if (options.Smtp.Port is < 1 or > 65535)
            problems.Add("email:smtp:port is 1 to 65535.");
        if (options.Retries.Max is < 0 or > 20)
            problems.Add("email:retries:max is 0 to 20.");
        if (options.Retries.BackoffMs is < 0 or > 60_000)
            problems.Add("email:retries:backoffMs is 0 to 60,000.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
