using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tieline.Platform.Ui;

public static class RazorResults
{
    /// <summary>A component as the whole answer, with a status code.</summary>
    public static IResult RazorComponent<T>(this IResultExtensions _, int status, object? parameters = null) where T : IComponent =>
        new RazorComponentResult<T>(parameters ?? new { }) { StatusCode = status };
}
