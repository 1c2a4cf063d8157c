namespace FeatureFlags;

/// <summary>Finds the admin key of a server that ./run.sh started, so that the sample runs without any settings.</summary>
internal static class KeyFile
{
    /// <summary>
    /// <c>data/admin.key</c> in the working folder or one above it: <c>dotnet run --project</c> starts an app in the folder of its project.
    /// </summary>
    public static string OfServerNearby()
    {
        var name = Path.Combine("data", "admin.key");
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, name);
            if (File.Exists(path))
                return path;
        }

        return name;
    }
}
