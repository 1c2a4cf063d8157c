using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Json;

namespace Setpoint.Core.Effects;

/// <summary>Equal changes are equal; their hash is that of the path, so that no large value is walked through to find one.</summary>
internal sealed class ChangeComparer : IEqualityComparer<JsonChange>
{
    public static readonly ChangeComparer Instance = new();

    public bool Equals(JsonChange? x, JsonChange? y) => ReferenceEquals(x, y) || (x is not null && x.Equals(y));

    public int GetHashCode([DisallowNull] JsonChange obj) => StringComparer.Ordinal.GetHashCode(obj.Path);
}
