using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Tieline.Platform.Uses;

/// <summary>A request that cannot be made an input of: the answer names the field.</summary>
internal static partial class UnreadableRequest
{
    private const string Rule = "unreadable";

    public static async Task Told(HttpContext http, RequestDelegate handler)
    {
        try
        {
            await handler(http);
        }
        catch (BadHttpRequestException refused) when (!http.Response.HasStarted && refused.StatusCode == StatusCodes.Status400BadRequest)
        {
            await ApiRoutes.Refusal([Of(refused)], refused.StatusCode).ExecuteAsync(http);
        }
    }

    private static Problem Of(BadHttpRequestException refused) => refused.InnerException switch
    {
        JsonException { Path: { } path } json when path.StartsWith("$.", StringComparison.Ordinal) && json.InnerException is not JsonException =>
            new(path[2..], "This cannot be read as what belongs here.", Rule),
        JsonException json => new(null, $"The body is no JSON that can be read{(json.LineNumber is { } line ? $": line {line + 1}" : "")}.", Rule),
        // The framework says the name of a parameter of route or query in its sentence alone.
        _ when !refused.Message.Contains("body", StringComparison.Ordinal) && Parameter().Match(refused.Message) is { Success: true } match => new(match.Groups["name"].Value, "This is missing, or cannot be read as what belongs here.", Rule),
        _ => new(null, "The body is missing.", Rule),
    };

    [GeneratedRegex("parameter \"(?:[^\"]* )?(?<name>\\w+)\"", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
