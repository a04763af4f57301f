using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Bridgehead.Api.Tests;

/// <summary>Looks at a cloud's whole database and the files of its images past the program: whether anything in them changed, and puts everything back as it was.</summary>
public sealed class StoreWatch : IDisposable
{
    /// <summary>What may change though nothing was asked for: proofs of who somebody is, and signs of life.</summary>
    private static readonly string[] Restless = ["tokens", "services"];

    private readonly SqliteConnection _live;
    private readonly SqliteConnection _saved = new("Data Source=:memory:");
    private readonly string _digest;
    private readonly string _images;
    private readonly Dictionary<string, byte[]> _files;
    private long _version;

    public StoreWatch(string folder)
    {
        _images = Path.Combine(folder, "images");
        _files = Files().ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(_images, name)), StringComparer.Ordinal);
        _live = new SqliteConnection($"Data Source={folder}/store.db;Pooling=false");
        _live.Open();
        _saved.Open();
        _live.BackupDatabase(_saved);
        (_digest, _version) = (Digest(), Version());
    }

    /// <summary>Whether what is kept differs from what it was at the start.</summary>
    public bool IsChanged() => !Files().ToHashSet().SetEquals(_files.Keys) || (Version() != _version && Digest() != _digest);

    /// <summary>Everything is as it was at the start; cheap when nothing was written.</summary>
    public void Restore()
    {
        if (Version() != _version)
        {
            _saved.BackupDatabase(_live);
            _version = Version();
        }

        foreach (var extra in Files().Except(_files.Keys))
        {
            File.Delete(Path.Combine(_images, extra));
        }

        foreach (var (name, content) in _files.Where(file => !File.Exists(Path.Combine(_images, file.Key))))
        {
            File.WriteAllBytes(Path.Combine(_images, name), content);
        }
    }

    public void Execute(string text)
    {
        using var command = _live.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _live.Dispose();
        _saved.Dispose();
    }

    private IEnumerable<string> Files() => Directory.Exists(_images) ? Directory.EnumerateFiles(_images).Select(path => Path.GetFileName(path)!) : [];

    /// <summary>Another number after each commit of others.</summary>
    private long Version() => (long)List("pragma data_version")[0];

    private string Digest()
    {
        var text = new StringBuilder();
        foreach (var table in List("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name").Cast<string>().Except(Restless))
        {
            text.Append(table).Append('\n').AppendJoin('\n', List($"select * from {table} order by 1, 2")).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The only column's value, or all of a row's as one text.</summary>
    private List<object> List(string query)
    {
        using var command = _live.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var rows = new List<object>();
        while (reader.Read())
        {
            rows.Add(reader.FieldCount == 1 ? reader.GetValue(0) : string.Join('\t', Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetValue(i)}")));
        }

        return rows;
    }
}
