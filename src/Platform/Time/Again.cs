namespace Tieline.Platform.Time;

/// <summary>Does something again and again until it is told to stop; what fails is told of, and tried again at the next turn.</summary>
internal static class Again
{
    /// <param name="atOnce">False: for the first time after the first wait.</param>
    public static async Task Every(TimeSpan wait, Func<CancellationToken, Task> work, Action<Exception> failed, CancellationToken ct, bool atOnce = true)
    {
        using var timer = new PeriodicTimer(wait);
        try
        {
            if (!atOnce)
                await timer.WaitForNextTickAsync(ct);
            do
            {
                try
                {
                    await work(ct);
                }
                catch (Exception exception) when (!ct.IsCancellationRequested)
                {
                    failed(exception);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The node stops; another one, or its next start, goes on.
        }
    }
}
