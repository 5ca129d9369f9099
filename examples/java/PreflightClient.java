import java.net.URI;
import java.net.http.*;
import java.nio.file.*;
import java.util.*;

/** 公布之前问一问 opencheck：java PreflightClient.java 通知.docx 2018-09-10；退出码 1 表示不能公布，或者须由人定，2 没有查成。Asks before publication. */
public class PreflightClient {
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 2) stop("用法 / usage: PreflightClient FILE DATE");
        try {
            System.exit(ask(args));
        } catch (java.net.ConnectException down) {
            stop("连不上服务，地址看 OPENCHECK_URL，启动用 opencheck serve / the service cannot be reached: see OPENCHECK_URL, start it with opencheck serve");
        } catch (java.io.IOException | IllegalArgumentException failed) {   // 连不上、超时、读不了文件、地址不对
            stop(failed.toString());
        }
    }

    static void stop(String why) {
        System.err.println("没有查成，不要公布 / not checked, do not publish: " + why);
        System.exit(2);
    }

    static int ask(String[] args) throws java.io.IOException, InterruptedException {
        String server = Objects.requireNonNullElse(System.getenv("OPENCHECK_URL"), "http://127.0.0.1:8000");
        String token = System.getenv("OPENCHECK_TOKEN"), boundary = UUID.randomUUID().toString();
        Path file = Path.of(args[0]);
        var body = new java.io.ByteArrayOutputStream();
        for (var field : Map.of("as_of", args[1], "record", "{\"公开属性\": \"主动公开\", \"是否政策性文件\": \"否\"}").entrySet())
            body.write(("--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n".formatted(boundary, field.getKey(), field.getValue())).getBytes("UTF-8"));
        body.write(("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            .formatted(boundary, file.getFileName())).getBytes("UTF-8"));
        body.write(Files.readAllBytes(file));
        body.write(("\r\n--" + boundary + "--\r\n").getBytes("UTF-8"));

        var request = HttpRequest.newBuilder(URI.create(server + "/v1/preflight")).timeout(java.time.Duration.ofSeconds(60))
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
        if (token != null) request.header("Authorization", "Bearer " + token);
        var answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.body());   // JSON：blocking、warnings、advice、unknown、upcoming，每条有 message 和 remedy
        return answer.statusCode() != 200 ? 2 : answer.body().contains("\"publishable\": true") ? 0 : 1;
    }
}
