using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Tours;

/// <summary>Something that a step asks to be done, and how the database says that it was; rooms register theirs.</summary>
/// <param name="IsDone">Given who, and since when (UTC): one small SELECT.</param>
public sealed record TourFact(string Name, Func<AppDb, ActorRef, DateTime, CancellationToken, Task<bool>> IsDone);

public static class TourRegistration
{
    /// <inheritdoc cref="TourFact"/>
    public static IServiceCollection AddTourFact(this IServiceCollection services, string name, Func<AppDb, ActorRef, DateTime, CancellationToken, Task<bool>> isDone) =>
        services.AddSingleton(new TourFact(name, isDone));
}
