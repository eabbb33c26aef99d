using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tieline.Platform.Jobs;

namespace Tieline.Bench;

/// <summary>A programme of ours as a process of its own, ended when this is disposed.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringWriter errors = new();

    private HostProcess(Process process, int port) => (this.process, Address) = (process, new Uri($"http://127.0.0.1:{port}"));

    public Uri Address { get; }

    /// <summary>The real programme, as <c>./tieline up</c> starts it.</summary>
    /// <param name="slots">Jobs at once; as many as usual when null.</param>
    public static Task<HostProcess> Tieline(string data, string? database, CancellationToken ct, int? slots = null)
    {
        var port = FreePort();
        List<string> arguments = [Programme(), "up", "--no-demo", "--port", $"{port}", "--data", data];
        if (database is not null)
            arguments.AddRange(["--database", database]);
        return Start(arguments, port, "/sign-in", ct, slots);
    }

    /// <summary>A command of the real programme, from its start to its end.</summary>
    /// <returns>Its exit code, and what it said.</returns>
    public static async Task<(int Code, string Said)> Command(IEnumerable<string> arguments, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments.Prepend(Programme())) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, string.Concat(said));
    }

    public static Task<HostProcess> Bare(string database, CancellationToken ct)
    {
        var port = FreePort();
        return Start([typeof(HostProcess).Assembly.Location, BareEndpoint.Area, database, $"{port}"], port, "/", ct);
    }

    /// <summary>What the programme said went wrong.</summary>
    public string Errors => errors.ToString();

    /// <summary>Peak resident memory so far, in MB (2^20 bytes).</summary>
    public double PeakMemory()
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(new string([.. line.Where(char.IsAsciiDigit)])) / 1024;
    }

    public HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    private static string Programme()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Tieline.slnx")))
            root = root.Parent;
        return Path.Combine(root!.FullName, "src", "Host", "bin", "Release", "net10.0", "Tieline.Host.dll");
    }

    private static async Task<HostProcess> Start(IEnumerable<string> arguments, int port, string path, CancellationToken ct, int? slots = null)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        if (slots is not null)
            start.Environment[JobOptions.SlotsVariable] = $"{slots}";
        var host = new HostProcess(Process.Start(start)!, port);
        host.process.OutputDataReceived += (_, e) =>
        {
            if (e.Data?.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal) == true)
                host.errors.WriteLine(e.Data);
        };
        host.process.ErrorDataReceived += (_, e) => host.errors.WriteLine(e.Data);
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        using var client = host.Client();
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var answer = await client.GetAsync(path, ct);
                return host;
            }
            catch (HttpRequestException) when (!host.process.HasExited && waited.Elapsed < TimeSpan.FromMinutes(3))
            {
                await Task.Delay(200, ct);
            }
            catch (HttpRequestException)
            {
                throw new InvalidOperationException($"It did not start: {host.errors}");
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
